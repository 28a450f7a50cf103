import type { IncomingHttpHeaders } from "node:http";
import { Problem } from "./problem.ts";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Headers of every answer: nothing inline, nothing from elsewhere, never framed, never sniffed. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
};

const parsed = (url: string): URL | null => (URL.canParse(url) ? new URL(url) : null);

/** Refuses every host name but the loopback's, so that a name rebound to it by a stranger's DNS gets nothing. */
export const checkHost = (host: string | undefined): void => {
  const name = parsed(`http://${host ?? ""}`)?.hostname;
  if (name === undefined || !LOOPBACK.has(name))
    throw new Problem(421, "host-not-allowed", "Use localhost or 127.0.0.1.");
};

/** Refuses a change that another site's page asks a browser for; programs that send no Origin pass. */
export const checkOrigin = (method: string, headers: IncomingHttpHeaders): void => {
  if (SAFE_METHODS.has(method)) return;
  const { origin, host } = headers;
  const fetchSite = headers["sec-fetch-site"];
  const isForeign = origin !== undefined && parsed(origin)?.host !== parsed(`http://${host ?? ""}`)?.host;
  const isCrossSite = fetchSite !== undefined && fetchSite !== "same-origin" && fetchSite !== "none";
  if (isForeign || isCrossSite)
    throw new Problem(403, "origin-not-allowed", "Send this from the page of this controller.");
};

import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import pino from "pino";
import { chromium, type Browser, type Page } from "playwright-core";
import { ensurePage } from "#controller/api/page-build.ts";
import { createServer } from "#controller/api/server.ts";
import type { LiveFrame } from "#controller/protocol/live-frame.ts";
import { createFakeControl, type FakeControl } from "#test/controller/api/support/fake-control.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** How a test looks at the page. */
export type View = {
  readonly width?: number;
  readonly height?: number;
  readonly locale?: string;
  readonly colorScheme?: "light" | "dark";
};

/** The page in a browser over a fake control; everything the browser complained about is kept. */
export type OpenPage = AsyncDisposable & {
  readonly page: Page;
  readonly control: FakeControl;
  readonly complaints: string[];
  readonly requests: string[];
  readonly url: string;
  stopServer(): Promise<void>;
};

/** A browser for the tests of one file. */
export const launchBrowser = (executablePath: string): Promise<Browser> =>
  chromium.launch({ executablePath, args: ARGUMENTS });

/** Serves the built page on a free port and opens it. */
export const openPage = async (browser: Browser, frame: LiveFrame | null, view: View = {}): Promise<OpenPage> => {
  const { width = 1360, height = 900, locale = "en-GB", colorScheme = "light" } = view;
  const control = createFakeControl(frame);
  const pageFolder = await ensurePage(ROOT);
  const app = await createServer({ port: control, logger: pino({ enabled: false }), pageFolder });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/`;
  const context = await browser.newContext({ viewport: { width, height }, locale, colorScheme });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
  page.on("pageerror", (error) => void complaints.push(error.message));
  page.on("request", (request) => void requests.push(request.url()));
  await page.goto(url);
  return {
    page,
    control,
    complaints,
    requests,
    url,
    stopServer: () => app.close(),
    [Symbol.asyncDispose]: async () => {
      await context.close();
      await app.close();
    },
  };
};

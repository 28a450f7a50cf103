import type { Page } from "./page.ts";
import { SiteNow } from "./site-now.tsx";

/** Every page in the order of the navigation; the first is shown for an address that no page has. */
export const PAGES: readonly [Page, ...Page[]] = [{ path: "/", title: "nav.site-now", Body: SiteNow }];

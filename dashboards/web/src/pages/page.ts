import type { FunctionComponent } from "preact";
import type { TextKey } from "../i18n/en.ts";
import type { LiveState } from "../live.ts";

/** What every page is given. */
export type PageProps = { readonly live: LiveState };

/** A page: its address after `#`, its name in the navigation, and what draws it. */
export type Page = { readonly path: string; readonly title: TextKey; readonly Body: FunctionComponent<PageProps> };

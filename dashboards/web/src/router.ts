import { useEffect, useState } from "preact/hooks";
import type { Page } from "./pages/page.ts";
import { PAGES } from "./pages/register.ts";

const pageAt = (hash: string): Page => PAGES.find(({ path }) => `#${path}` === hash) ?? PAGES[0];

/** The page that the address names; it follows links and the browser's back and forward. */
export const usePage = (): Page => {
  const [page, setPage] = useState(() => pageAt(location.hash));
  useEffect(() => {
    const follow = (): void => setPage(pageAt(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return page;
};

import { useSpeech } from "../../i18n/index.ts";
import { PAGES } from "../../pages/register.ts";

/** Links to every page. */
export const Navigation = ({ current }: { readonly current: string }) => {
  const { say } = useSpeech();
  return (
    <nav aria-label={say("nav.label")}>
      <ul>
        {PAGES.map(({ path, title }) => (
          <li key={path}>
            <a href={`#${path}`} {...(path === current ? { "aria-current": "page" } : {})}>
              {say(title)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
};

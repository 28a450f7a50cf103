import { useEffect, useMemo, useState } from "preact/hooks";
import { LanguageSwitch } from "./components/shell/language-switch.tsx";
import { LiveBanner } from "./components/shell/live-banner.tsx";
import { Navigation } from "./components/shell/navigation.tsx";
import { StateLight } from "./components/shell/state-light.tsx";
import { initialLanguage, rememberLanguage, speechIn, SpeechContext, type Language } from "./i18n/index.ts";
import { useLive } from "./live.ts";
import { usePage } from "./router.ts";
import { siteState } from "./site-state.ts";

const MAIN = "content";

/** The address holds the page's name, so the skip link moves the focus itself. */
const skip = (event: Event): void => {
  event.preventDefault();
  document.getElementById(MAIN)?.focus();
};

/** What every page has around it: the site's name and state, the way to other pages, the language. */
export const AppShell = () => {
  const live = useLive();
  const { path, Body } = usePage();
  const [language, setLanguage] = useState<Language>(initialLanguage);
  const site = live.frame?.site;
  const speech = useMemo(() => speechIn(language, site?.timezone), [language, site?.timezone]);
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = site === undefined ? "Headroom" : `${site.name} · Headroom`;
  }, [language, site?.name]);
  const choose = (next: Language): void => {
    rememberLanguage(next);
    setLanguage(next);
  };
  return (
    <SpeechContext.Provider value={speech}>
      <a class="skip" href={`#${MAIN}`} onClick={skip}>
        {speech.say("app.skip")}
      </a>
      <header class="bar">
        <span class="brand">
          <img src="/icon.svg" alt="" width="28" height="28" />
          Headroom
        </span>
        <span class="site-name">{site?.name}</span>
        <StateLight state={siteState(live)} />
        <Navigation current={path} />
        <LanguageSwitch language={language} onChoose={choose} />
      </header>
      <LiveBanner live={live} />
      <main id={MAIN} tabIndex={-1} class={live.status === "offline" ? "is-old" : ""}>
        <Body live={live} />
      </main>
    </SpeechContext.Provider>
  );
};

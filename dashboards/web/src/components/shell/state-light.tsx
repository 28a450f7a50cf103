import { useSpeech } from "../../i18n/index.ts";
import type { SiteState } from "../../site-state.ts";
import { Icon, type IconName } from "../icon.tsx";

const ICONS: Readonly<Record<SiteState, IconName>> = {
  connecting: "dots",
  normal: "check",
  limited: "limit",
  fallback: "warning",
  stopped: "stop",
  offline: "offline",
};

/** The state of the site in a word, a colour and an icon; a change is read out. */
export const StateLight = ({ state }: { readonly state: SiteState }) => {
  const { say } = useSpeech();
  return (
    <span
      class={`state-light is-${state}`}
      role="status"
      aria-label={`${say("state.label")}: ${say(`state.${state}`)}`}
    >
      <Icon name={ICONS[state]} />
      {say(`state.${state}`)}
    </span>
  );
};

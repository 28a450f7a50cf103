import { useSpeech } from "../../i18n/index.ts";
import type { LiveState } from "../../live.ts";
import { Icon } from "../icon.tsx";

/** Says since when there is no news; nothing while there is. */
export const LiveBanner = ({ live: { frame, status, offlineSince } }: { readonly live: LiveState }) => {
  const { say, moment } = useSpeech();
  const text =
    frame === null ? say("live.never") : say("live.offline-since", { time: moment(offlineSince ?? frame.at) });
  return (
    <div role="alert" class="live">
      {status === "offline" && (
        <p class="banner is-offline">
          <Icon name="offline" />
          {text}
        </p>
      )}
    </div>
  );
};

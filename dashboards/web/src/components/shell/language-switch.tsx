import { LANGUAGES, useSpeech, type Language } from "../../i18n/index.ts";

const CHOICES: readonly Language[] = ["en", "de"];

/** One button a language; the pressed one is in use. */
export const LanguageSwitch = (props: {
  readonly language: Language;
  readonly onChoose: (language: Language) => void;
}) => {
  const { say } = useSpeech();
  return (
    <div class="languages" role="group" aria-label={say("language.label")}>
      {CHOICES.map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          aria-label={LANGUAGES[language]}
          aria-pressed={language === props.language}
          onClick={() => props.onChoose(language)}
        >
          {language}
        </button>
      ))}
    </div>
  );
};

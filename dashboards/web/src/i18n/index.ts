import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { de } from "./de.ts";
import { en, type TextKey, type Texts } from "./en.ts";

/** The languages of the page; each names itself. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;

/** A language of the page. */
export type Language = keyof typeof LANGUAGES;

/** How the page speaks: texts, figures and times in one language. */
export type Speech = {
  readonly language: Language;
  /** A text with its {values} filled in. */
  readonly say: (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;
  /** A figure with exactly so many decimals; never a negative zero. */
  readonly figure: (value: number, decimals: number) => string;
  /** A figure with at most one decimal. */
  readonly plain: (value: number) => string;
  /** A day as it is written in the language, from one such as 2026-03-01. */
  readonly day: (iso: string) => string;
  /** Time of day on the site, from ISO 8601. */
  readonly time: (iso: string) => string;
  /** Time of day on the site, with the date where it is not today, from ISO 8601. */
  readonly moment: (iso: string) => string;
};

const TEXTS: Readonly<Record<Language, Texts>> = { en, de };
const LOCALES: Readonly<Record<Language, string>> = { en: "en-GB", de: "de-DE" };
const STORAGE_KEY = "headroom.language";

const isLanguage = (value: string | null): value is Language => value !== null && Object.hasOwn(LANGUAGES, value);

/** Whether a text of this name exists. */
export const isTextKey = (key: string): key is TextKey => Object.hasOwn(en, key);

const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));

/** How the page speaks in a language, with times of the given zone. */
export const speechIn = (language: Language, timeZone: string | undefined): Speech => {
  const locale = LOCALES[language];
  const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 1, signDisplay: "negative" });
  const fixed = [0, 1, 2].map(
    (decimals) =>
      new Intl.NumberFormat(locale, {
        minimumFractionDigits: decimals,
        maximumFractionDigits: decimals,
        signDisplay: "negative",
      }),
  );
  const zone = timeZone === undefined ? {} : { timeZone };
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: "medium", ...zone });
  const dayAlone = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium", ...zone });
  const dayAndClock = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", ...zone });
  return {
    language,
    say: (key, values = {}) => fill(TEXTS[language][key], values),
    figure: (value, decimals) => (fixed[decimals] ?? plain).format(value),
    plain: (value) => plain.format(value),
    day: (iso) => dayAlone.format(new Date(iso)),
    time: (iso) => clock.format(new Date(iso)),
    moment: (iso) => {
      const at = new Date(iso);
      return (day.format(at) === day.format(new Date()) ? clock : dayAndClock).format(at);
    },
  };
};

/** The language chosen earlier on this device, else the browser's, else English. */
export const initialLanguage = (): Language => {
  const chosen = localStorage.getItem(STORAGE_KEY);
  if (isLanguage(chosen)) return chosen;
  return navigator.language.startsWith("de") ? "de" : "en";
};

/** Remembers a choice on this device. */
export const rememberLanguage = (language: Language): void => localStorage.setItem(STORAGE_KEY, language);

/** Carries the speech to every component. */
export const SpeechContext = createContext<Speech>(speechIn("en", undefined));

/** The speech of the page. */
export const useSpeech = (): Speech => useContext(SpeechContext);

import { describe, expect, it } from "vitest";

/** The page is compiled against a browser's types, these tests are not: so its texts are loaded as data. */
const textsOf = async (language: string): Promise<Record<string, string>> => {
  const module = await import(/* @vite-ignore */ `../../dashboards/web/src/i18n/${language}.ts`);
  return module[language];
};

const placeholders = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).toSorted();

describe("the German texts", () => {
  it("have the same keys as the English ones", async () => {
    const [en, de] = [await textsOf("en"), await textsOf("de")];
    expect(Object.keys(en).length).toBeGreaterThan(0);
    expect(Object.keys(de).toSorted()).toEqual(Object.keys(en).toSorted());
  });

  it("have the same values to fill in and none is empty", async () => {
    const [en, de] = [await textsOf("en"), await textsOf("de")];
    const valuesOf = (texts: Record<string, string>) =>
      Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, placeholders(text)]));
    expect(valuesOf(de)).toEqual(valuesOf(en));
    expect([...Object.values(en), ...Object.values(de)].filter((text) => text.trim() === "")).toEqual([]);
  });
});

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithPeer } from "#test/support/peers.ts";
import { launchBrowser, openPage } from "./support/open-page.ts";
import { richFrame } from "./support/rich-frame.ts";

describeWithPeer("chromium", "explanations on the page", (path) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser(path);
  });
  afterAll(() => browser.close());

  it("says of a vehicle that is held back what it would get alone, and of no other", async () => {
    await using opened = await openPage(browser, richFrame);
    const textOf = (name: string) => opened.page.getByRole("article", { name, exact: true }).innerText();
    expect(await textOf("Bay 02")).toContain("(operating limit). Alone it would get 32 A.");
    expect(await textOf("Bay 06")).toContain("It would get no more alone.");
    expect(await textOf("Bay 01")).not.toContain("lone");
  });

  it("says what one more ampere would bring, where it would bring anything", async () => {
    await using opened = await openPage(browser, richFrame);
    const panel = opened.page.getByRole("region", { name: "Panel A, north wall" });
    await panel.getByText("One more ampere here would bring 0.7 kW").waitFor();
    expect(await opened.page.getByText("One more ampere").count()).toBe(1);
  });

  it("warns of a reserve below what the rule asks for, and only then", async () => {
    await using opened = await openPage(browser, richFrame);
    const facts = (name: string) => opened.page.getByRole("region", { name }).locator(".facts").innerText();
    await opened.page.getByText("Reserve set 12 A, the rule asks for 15 A").waitFor();
    expect(await facts("Panel B, canopy")).toContain("Reserve 4 A");
    expect(await facts("Panel A, north wall")).not.toContain("Reserve");
  });

  it("unfolds the energy that waited day by day, with the phases that were full, in German", async () => {
    await using opened = await openPage(browser, richFrame, { locale: "de-DE" });
    const { page } = opened;
    await page.getByText("15,0 kWh mussten hier in 14 Tagen warten").click();
    const table = page.getByRole("table", { name: "Energie, die auf Panel A, north wall warten musste" });
    const rows = await table.getByRole("row").allInnerTexts();
    expect(rows.map((row) => row.split(/\s*\t\s*/).filter((cell) => cell !== ""))).toEqual([
      ["Tag", "kWh", "Voll auf"],
      ["26. Feb.", "4,2", "L2"],
      ["1. März", "8,4", "L1, L2"],
      ["2. März", "2,4", "L2, allen Phasen zusammen"],
    ]);
    const widths = await table
      .locator(".waited-bar span")
      .evaluateAll((bars) =>
        bars.map((bar) => Math.round((100 * bar.clientWidth) / (bar.parentElement?.clientWidth ?? 1))),
      );
    expect(widths[0]).toBeLessThan(widths[1] ?? 0);
    expect(widths[2]).toBeLessThan(widths[0] ?? 0);
  });

  it("fits a phone with the days unfolded", async () => {
    await using opened = await openPage(browser, richFrame, { width: 360, height: 740, locale: "de-DE" });
    const { page } = opened;
    await page.locator(".waited summary").click();
    await page.locator(".waited table").waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
  });
});

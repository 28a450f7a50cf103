import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithPeer } from "#test/support/peers.ts";
import { launchBrowser, openPage } from "./support/open-page.ts";
import { richFrame } from "./support/rich-frame.ts";

describeWithPeer("chromium", "how current is shared, in a browser", (path) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser(path);
  });
  afterAll(() => browser.close());

  it("chooses how current is shared, once the button is pressed, and says what each way means", async () => {
    await using opened = await openPage(browser, richFrame);
    const { page, control } = opened;
    const select = page.getByLabel("How current is shared");
    await select.waitFor();
    const names = await select.getByRole("option").allInnerTexts();
    const sentences = new Set<string>();
    for (const name of names) {
      await select.selectOption(name);
      sentences.add(await page.locator("#strategy-about").innerText());
    }
    expect(sentences.size).toBe(names.length);
    await select.selectOption("By departure");
    expect(control.sent).toEqual([]);
    await page.getByRole("button", { name: "Use this" }).click();
    await page.getByText("Applied.").waitFor();
    expect(control.sent.map(({ payload }) => payload)).toEqual([{ type: "set-strategy", strategy: "deadline" }]);
    control.publish({ ...richFrame, site: { ...richFrame.site, strategy: "deadline" } });
    await page.getByText("Expected from earlier sessions: 9.0 kWh").waitFor();
    expect(await select.inputValue()).toBe("deadline");
  });

  it("lets an EVSE come first for a time and keeps the focus where that can be ended", async () => {
    await using opened = await openPage(browser, richFrame);
    const { page, control } = opened;
    const group = page.getByRole("group", { name: "Let Bay 02 come first" });
    await group.getByRole("button", { name: "30 min" }).press("Enter");
    const evses = richFrame.evses.map((each) => ({
      ...each,
      boostEndsAt: each.station === "bay-02" ? "2026-03-02T09:45:00.000Z" : null,
    }));
    control.publish({ ...richFrame, evses });
    await group.getByText("Comes first until").waitFor();
    await page.keyboard.press("Enter");
    control.publish({ ...richFrame, evses: evses.map((each) => ({ ...each, boostEndsAt: null })) });
    await group.getByRole("button", { name: "1 h" }).waitFor();
    expect(control.sent.map(({ payload }) => payload)).toEqual([
      { type: "set-boost", evse: "bay-02/1", durationMs: 1_800_000 },
      { type: "set-boost", evse: "bay-02/1", durationMs: null },
    ]);
  });

  it("says what a vehicle still needs, and offers no boost where no vehicle is", async () => {
    await using opened = await openPage(browser, richFrame);
    const { page } = opened;
    await page.getByText(/^Still needs 12.4 kWh until .*17:00\.$/).waitFor();
    expect(await page.getByText("Expected from earlier sessions").count()).toBe(0);
    expect(await page.getByRole("group", { name: /^Let Bay 05 · EVSE 2/ }).count()).toBe(0);
    expect(await page.getByRole("group", { name: /^Let Bay 01/ }).innerText()).toContain("Comes first until");
  });
});

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithPeer } from "#test/support/peers.ts";
import { launchBrowser, openPage } from "./support/open-page.ts";
import { richFrame } from "./support/rich-frame.ts";

const CONTRAST_AA = 4.5;

/** Run in the browser: every visible text whose contrast with the ground behind it is below the given ratio. */
const LOW_CONTRAST = `(least) => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (css) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = css;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const luminance = (css) => {
    const [r, g, b] = [...rgba(css)].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let e = element; e !== null; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      if (rgba(color)[3] === 255) return color;
    }
    return "white";
  };
  const low = [];
  for (const element of document.body.querySelectorAll("*")) {
    const text = [...element.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join("");
    if (text === "" || element.closest("noscript, .skip, .for-readers") !== null) continue;
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < least) low.push(text + " " + ratio.toFixed(2));
  }
  return low;
}`;

describeWithPeer("chromium", "the page in a browser", (path) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser(path);
  });
  afterAll(() => browser.close());

  it("shows every circuit with its three phases, its limit's source and its meter's age", async () => {
    await using opened = await openPage(browser, richFrame);
    const panel = opened.page.getByRole("region", { name: "Panel B, canopy" });
    await panel.waitFor();
    expect(await opened.page.locator(".circuit").count()).toBe(richFrame.circuits.length);
    expect(await panel.getByRole("row", { name: /^L3/ }).getByRole("cell").allInnerTexts()).toEqual([
      "",
      "9.4",
      "17.0",
      "20.0",
      "6.6",
      "40",
    ]);
    const facts = await panel.locator(".facts").innerText();
    expect(facts).toContain("Limit of the charging backend until 2 Mar 2026, 14:30");
    expect(facts).toContain("Meter old: 4.2 s");
    expect(facts).toContain("Fallback unproven");
  });

  it("says of every EVSE what it does and why, in words", async () => {
    await using opened = await openPage(browser, richFrame);
    const textOf = (name: string) => opened.page.getByRole("article", { name, exact: true }).innerText();
    expect(await textOf("Bay 02")).toContain("Limited by Panel A, north wall on L2 (operating limit).");
    expect(await textOf("Bay 04")).toContain(
      "Waits its turn: Panel A, north wall has no room for another vehicle on L2.",
    );
    expect(await textOf("Bay 05 · EVSE 2")).toContain("No vehicle");
    expect(await textOf("Bay 07")).toContain("Silent");
    expect(await opened.page.locator(".evse").count()).toBe(richFrame.evses.length);
  });

  it("says in a line what the sun gives and what the battery does", async () => {
    await using opened = await openPage(browser, richFrame);
    const roof = opened.page.getByRole("region", { name: "Sun and battery" });
    await roof.waitFor();
    expect(await roof.innerText()).toContain("Roof Sun 12.4 kW · Battery gives 2.5 kW · 73 % full");
  });

  it("follows every cycle", async () => {
    await using opened = await openPage(browser, richFrame);
    const light = opened.page.locator(".state-light");
    await light.getByText("Fallback").waitFor();
    const quiet = richFrame.evses.filter(({ reason }) => reason.code === "full-current");
    const circuits = richFrame.circuits.filter(({ id }) => id !== "panel-b");
    opened.control.publish({ ...richFrame, circuits, evses: quiet, faults: [] });
    await light.getByText("Normal").waitFor();
    expect(await opened.page.locator(".sentence").innerText()).toBe("Every vehicle gets what it can take.");
    opened.control.publish({ ...richFrame, site: { ...richFrame.site, isEmergencyStopped: true } });
    await light.getByText("Stopped").waitFor();
    expect(await opened.page.getByText("all charging is stopped until a person releases it").count()).toBe(1);
  });

  it("changes a limit with the keyboard alone and says that it was clamped", async () => {
    await using opened = await openPage(browser, richFrame);
    const { page, control } = opened;
    control.answer(async () => ({ outcome: "clamped", reason: "the sealed limit of this circuit is lower" }));
    const opener = page.getByRole("button", { name: "Change the limit of Panel A, north wall" });
    await opener.waitFor();
    const isAt = () => opener.evaluate((element) => element === element.ownerDocument.activeElement);
    for (let presses = 0; presses < 30 && !(await isAt()); presses += 1) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("spinbutton", { name: "Operating limit, A per phase" }).waitFor();
    await page.keyboard.type("40.5");
    await page.keyboard.press("Enter");
    await page.getByText("Lowered to the sealed limit: nothing goes above it.").waitFor();
    expect(control.sent.map(({ payload }) => payload)).toEqual([
      {
        type: "set-limit",
        circuit: "panel-a",
        source: "operating",
        value: { limitA: [40.5, 40.5, 40.5], powerW: null },
        lease: null,
      },
    ]);
    expect(await isAt()).toBe(true);
  });

  it("names each fault in the reader's language, by what people call its subject, with what to do and the technical detail", async () => {
    const refused = { code: "refused", subject: "bay-05", detail: "Modbus exception 2" } as const;
    const disobeys = { code: "disobeys", subject: "bay-05/2", detail: "draws more than it was told" } as const;
    const stopped = { code: "emergency-stop", subject: "depot-7", detail: "charging is stopped" } as const;
    const frame = { ...richFrame, faults: [...richFrame.faults, refused, disobeys, stopped] };
    await using opened = await openPage(browser, frame, { locale: "de-DE" });
    const faults = opened.page.getByRole("region", { name: "Störungen (4)" }).getByRole("listitem");
    await faults.first().waitFor();
    expect((await faults.allInnerTexts()).map((text) => text.split(/\n+/))).toEqual([
      [
        "Bay 07 antwortet nicht.",
        "Stromversorgung, Netzwerkkabel und die Adresse in der Standortdatei prüfen.",
        "no answer for 42 s",
      ],
      ["Zähler canopy (Panel B, canopy) hat keine neuen Werte.", "Bis sie kommen, wird nichts erhöht."],
      ["Bay 05 lehnt eine Anfrage ab.", "Prüfen, ob das Profil zu Gerät und Firmware passt.", "Modbus exception 2"],
      [
        "Bay 05 · EVSE 2 zieht mehr als vorgegeben.",
        "Andere weichen aus; nach einigen Sekunden wird pausiert. Die Station prüfen.",
      ],
    ]);
    expect(await opened.page.locator(".technical").first().getAttribute("lang")).toBe("en");
  });

  it("takes a limit of its own for each phase, beside the limit of others that holds", async () => {
    await using opened = await openPage(browser, richFrame);
    const { page, control } = opened;
    await page.getByRole("button", { name: "Change the limit of Panel B, canopy" }).click();
    await page
      .getByText("Limit of the charging backend: 40 A. The lower of it and the operating limit counts.")
      .waitFor();
    for (const [phase, limitA] of [
      ["L1", "60"],
      ["L2", "50"],
      ["L3", "32"],
    ] as const)
      await page.getByRole("spinbutton", { name: `${phase}, A` }).fill(limitA);
    await page.keyboard.press("Enter");
    await page.getByText("Applied.").waitFor();
    expect(control.sent.map(({ payload }) => payload)).toEqual([
      {
        type: "set-limit",
        circuit: "panel-b",
        source: "operating",
        value: { limitA: [60, 50, 32], powerW: null },
        lease: null,
      },
    ]);
  });

  it("sends no limit that is no number or above the sealed one, says which field is wrong and goes there", async () => {
    await using opened = await openPage(browser, richFrame);
    const { page, control } = opened;
    await page.getByRole("button", { name: "Change the limit of Panel B, canopy" }).click();
    const field = (phase: string) => page.getByRole("spinbutton", { name: `${phase}, A` });
    await field("L1").fill("63");
    await field("L2").fill("63");
    await field("L3").fill("51");
    await page.keyboard.press("Enter");
    await page.getByText("L3: enter a number from 0 to 50 A, the sealed limit.").waitFor();
    expect(await field("L3").getAttribute("aria-invalid")).toBe("true");
    expect(await field("L3").evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
    await page.getByRole("checkbox", { name: "A value of its own for each phase" }).uncheck();
    await page.getByRole("spinbutton", { name: "Operating limit, A per phase" }).press("Enter");
    await page.getByText("Enter a number from 0 to 63 A, the sealed limit.").waitFor();
    expect(control.sent).toEqual([]);
  });

  it("says when a limit is in force but not kept", async () => {
    await using opened = await openPage(browser, richFrame);
    const reason = "in force, but not kept over a restart: the disk is full";
    opened.control.answer(async () => ({ outcome: "applied", reason }));
    await opened.page.getByRole("button", { name: "Change the limit of Grid connection" }).click();
    await opened.page.keyboard.press("Enter");
    const result = opened.page.getByRole("status").filter({ hasText: "Applied" });
    expect(await result.innerText()).toBe(`Applied, but: ${reason}`);
  });

  it("says that a limit was refused and lets the reader try again or leave", async () => {
    await using opened = await openPage(browser, richFrame);
    const { page, control } = opened;
    control.answer(async () => ({ outcome: "refused", reason: "charging is locked" }));
    await page.getByRole("button", { name: "Change the limit of Grid connection" }).click();
    await page.keyboard.press("Enter");
    await page.getByText("Refused: charging is locked").waitFor();
    await page.keyboard.press("Escape");
    expect(await page.locator(".limit-form").count()).toBe(0);
  });

  it("returns a limit to the sealed one", async () => {
    await using opened = await openPage(browser, richFrame);
    const { page, control } = opened;
    await page.getByRole("button", { name: "Change the limit of Panel A, north wall" }).click();
    await page.getByRole("button", { name: "Reset to sealed" }).click();
    await page.getByText("Applied.").waitFor();
    expect(control.sent.map(({ payload }) => payload)).toEqual([
      { type: "set-limit", circuit: "panel-a", source: "operating", value: null, lease: null },
    ]);
  });

  it("stops all charging after two deliberate presses", async () => {
    await using opened = await openPage(browser, richFrame);
    const { page, control } = opened;
    await page.getByRole("button", { name: "Stop all charging" }).click();
    expect(control.sent).toEqual([]);
    const sent = page.waitForResponse("**/api/v1/emergency-stop");
    await page.getByRole("button", { name: "Yes, stop now" }).click();
    await sent;
    expect(control.sent.map(({ payload }) => payload)).toEqual([{ type: "emergency-stop", isStopped: true }]);
  });

  it.each(["en-GB", "de-DE"])("fits a phone of 360 px without scrolling sideways, in %s", async (locale) => {
    await using opened = await openPage(browser, richFrame, { width: 360, height: 740, locale });
    const { page } = opened;
    await page.locator(".evse").first().waitFor();
    await page.locator(".circuit button").nth(1).click();
    await page.locator(".limit-form").waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
  });

  it("speaks the browser's German, with German figures, and remembers a change to English", async () => {
    await using opened = await openPage(browser, richFrame, { locale: "de-DE" });
    const { page } = opened;
    await page.getByText("Begrenzt durch Panel A, north wall auf L2 (Betriebsgrenze).").waitFor();
    expect(await page.getByRole("article", { name: "Bay 01" }).innerText()).toContain("13,6 kW");
    expect(await page.getAttribute("html", "lang")).toBe("de");
    await page.getByRole("button", { name: "English" }).click();
    await page.reload();
    await page.getByText("Limited by Panel A, north wall on L2 (operating limit).").waitFor();
    expect(await page.getAttribute("html", "lang")).toBe("en");
  });

  it("says since when it is offline and that the figures are old", async () => {
    await using opened = await openPage(browser, richFrame);
    await opened.page.locator(".evse").first().waitFor();
    await opened.stopServer();
    await opened.page.getByText(/^Offline since \d\d:\d\d:\d\d\./).waitFor();
    expect(await opened.page.locator(".state-light").innerText()).toBe("Offline");
    expect(await opened.page.locator(".circuit").count()).toBe(richFrame.circuits.length);
    await opened.page.locator(".stop").scrollIntoViewIfNeeded();
    await opened.page.mouse.wheel(0, 5000);
    expect(
      await opened.page.getByText(/^Offline since/).evaluate((text) => text.getBoundingClientRect().top),
    ).toBeGreaterThanOrEqual(0);
  });

  it("says what it waits for and what is missing", async () => {
    await using opened = await openPage(browser, null);
    await opened.page.getByText("Connecting to the controller …").waitFor();
    opened.control.publish({ ...richFrame, evses: [], stations: [], circuits: [], faults: [] });
    await opened.page.getByText("No stations yet.").waitFor();
    expect(await opened.page.getByText("No circuits yet.").count()).toBe(1);
  });

  it.each(["light", "dark"] as const)("has enough contrast in %s", async (colorScheme) => {
    await using opened = await openPage(browser, richFrame, { colorScheme });
    await opened.page.locator(".evse").first().waitFor();
    await opened.page.locator(".circuit button").nth(1).click();
    expect(await opened.page.evaluate(`(${LOW_CONTRAST})(${CONTRAST_AA})`)).toEqual([]);
  });

  it("asks nobody else for anything and gives the browser nothing to complain about", async () => {
    await using opened = await openPage(browser, richFrame);
    await opened.page.locator(".evse").first().waitFor();
    expect(opened.requests.filter((url) => !url.startsWith(opened.url))).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });
});

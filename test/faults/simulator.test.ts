import process from "node:process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithPeer } from "#test/support/peers.ts";
import { isCharging, type Product, startProduct, waitForFrame } from "#test/support/product.ts";

/** Two of each way to reach a station, as one may be waiting for its turn. */
const TRANSPORTS = [
  ["bay-01", "bay-03"],
  ["bay-10", "bay-11"],
  ["bay-12", "bay-13"],
];

/** The new devices begin without current; by then no reading of the old ones is left. */
const FRESH_CYCLES = 6;

describeWithPeer("script", "a demo whose devices all die at once", () => {
  let demo: Product;

  beforeAll(async () => {
    demo = await startProduct([]);
  });

  afterAll(async () => {
    await demo.stop();
    await demo.remove();
  }, 30_000);

  it("finds them again where they were and charges on", async () => {
    const { childPid } = await demo.logged("process started", { role: "simulator" });
    await demo.logged("simulated devices listen");
    const allChargeAfter = (cycle: number) =>
      waitForFrame(
        demo.page,
        "every transport charges",
        (now) => now.cycle > cycle && TRANSPORTS.every((ids) => ids.some((id) => isCharging(now, id))),
      );
    await allChargeAfter(0);
    const before = await demo.siteFile();
    process.kill(Number(childPid), "SIGKILL");
    await demo.logged("simulated devices listen");
    const { cycle } = await waitForFrame(demo.page, "there is a frame", () => true);
    await allChargeAfter(cycle + FRESH_CYCLES);
    expect(await demo.siteFile()).toBe(before);
  }, 150_000);
});

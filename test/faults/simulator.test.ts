import process from "node:process";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { LiveFrame } from "#controller/protocol/live-frame.ts";
import { describeWithPeer } from "#test/support/peers.ts";
import { chargingCount, type Product, startProduct, waitForFrame } from "#test/faults/product.ts";

/** The new devices begin without current; by then no reading of the old ones is left. */
const FRESH_CYCLES = 6;

const isComplete = ({ evses, circuits }: LiveFrame): boolean =>
  evses.every(({ isReachable }) => isReachable) &&
  circuits.every(({ meter }) => meter === null || meter.state === "fresh");

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
    const chargesAfter = (cycle: number) =>
      waitForFrame(
        demo.page,
        "all devices answer and cars charge",
        (now) => now.cycle > cycle && isComplete(now) && chargingCount(now) >= 2,
      );
    await chargesAfter(0);
    const before = await demo.siteFile();
    process.kill(Number(childPid), "SIGKILL");
    await demo.logged("simulated devices listen");
    const { cycle } = await waitForFrame(demo.page, "there is a frame", () => true);
    await chargesAfter(cycle + FRESH_CYCLES);
    expect(await demo.siteFile()).toBe(before);
  }, 150_000);
});

import process from "node:process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { isCharging, waitForFrame } from "#test/support/live-page.ts";
import { describeWithPeer } from "#test/support/peers.ts";
import { type Product, startProduct } from "#test/support/product.ts";

/** Two of each way to reach a station, as one may be waiting for its turn. */
const TRANSPORTS = [
  ["bay-01", "bay-03"],
  ["bay-10", "bay-11"],
  ["bay-12", "bay-13"],
];

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
    const allCharge = (what: string) =>
      waitForFrame(demo.page, what, (now) => TRANSPORTS.every((ids) => ids.some((id) => isCharging(now, id))));
    await allCharge("every transport charges");
    const before = await demo.siteFile();
    process.kill(Number(childPid), "SIGKILL");
    await waitForFrame(demo.page, "a device is missed", ({ evses }) => evses.some(({ isReachable }) => !isReachable));
    await allCharge("every transport charges again");
    expect(await demo.siteFile()).toBe(before);
  }, 150_000);
});

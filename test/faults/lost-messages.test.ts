import fc from "fast-check";
import { expect, test } from "vitest";
import { fuseReports, setFaults } from "#drivers/simulator/world/world.ts";
import { openVirtualSite, smallDay } from "#test/support/virtual-site.ts";

const SECOND = 1000;
const THREE_CARS = smallDay(
  [
    { phases: 3, maxA: 32 },
    { phases: 3, maxA: 32 },
    { phases: 1, maxA: 32 },
  ],
  40,
  0,
);
/** A circuit for vehicles alone: nothing but our own acts can overload it. */
const DEDICATED = { ...THREE_CARS, baseLoadA: {} };

/** What happens to one station, and for how long it stays the last thing that happened. */
const trouble = fc.record({
  station: fc.constantFrom("s0", "s1", "s2"),
  seconds: fc.integer({ min: 1, max: 60 }),
  faults: fc.record({
    silence: fc.boolean(),
    lostFraction: fc.constantFrom(0, 0, 0.3, 0.7, 1),
    delayMs: fc.constantFrom(0, 0, 1500, 6000, 9000),
  }),
});

test("stations that are deaf, late or not heard, in any order, never make us overload a fuse", async () => {
  const troubles = fc.array(trouble, { minLength: 2, maxLength: 10 });
  const raisesAfterMs = fc.constantFrom(0, 5000);
  await fc.assert(
    fc.asyncProperty(troubles, raisesAfterMs, async (parts, afterMs) => {
      const habits = { lowersAfterMs: 5000, raisesAfterMs: afterMs, onePhaseMs: 3000, tapersFrom: 1 };
      const virtual = openVirtualSite(DEDICATED, { failsafeA: 6, habits });
      const runFor = (seconds: number) => virtual.run(virtual.world.nowMs + seconds * SECOND);
      await runFor(120);
      for (const { station, faults, seconds } of parts) {
        setFaults(virtual.world, station, faults);
        await runFor(seconds);
      }
      await runFor(60);
      for (const { longestAboveS } of fuseReports(virtual.world)) expect(longestAboveS).toBe(0);
    }),
    { numRuns: 60 },
  );
});

import { describe, expect, it } from "vitest";
import { latestWins } from "#controller/broker/forward.ts";

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("handing values to a slow consumer", () => {
  it("keeps only the newest while it is busy", async () => {
    const seen: number[] = [];
    let release = (): void => undefined;
    const forward = latestWins(
      (value: number) => {
        seen.push(value);
        return new Promise<void>((resolve) => {
          release = resolve;
        });
      },
      () => undefined,
    );
    for (const value of [1, 2, 3, 4]) forward(value);
    release();
    await settled();
    expect(seen).toEqual([1, 4]);
  });

  it("goes on after a failure", async () => {
    const errors: unknown[] = [];
    const seen: number[] = [];
    const forward = latestWins(
      async (value: number) => {
        seen.push(value);
        if (value === 1) throw new Error("failed");
      },
      (error) => errors.push(error),
    );
    forward(1);
    await settled();
    forward(2);
    await settled();
    expect(seen).toEqual([1, 2]);
    expect(errors).toHaveLength(1);
  });
});

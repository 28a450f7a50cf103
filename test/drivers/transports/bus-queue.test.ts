import { describe, expect, it } from "vitest";
import { createBusQueue } from "#drivers/transports/bus-queue.ts";

describe("the queue of a bus", () => {
  it("runs one job at a time, writes before the reads that wait", async () => {
    const queue = createBusQueue();
    const order: string[] = [];
    let running = 0;
    const job = (name: string) => async (): Promise<string> => {
      running += 1;
      expect(running).toBe(1);
      await Promise.resolve();
      order.push(name);
      running -= 1;
      return name;
    };
    const results = await Promise.all([
      queue.run("read", job("read 1")),
      queue.run("read", job("read 2")),
      queue.run("write", job("write 1")),
      queue.run("write", job("write 2")),
    ]);
    expect(order).toEqual(["read 1", "write 1", "write 2", "read 2"]);
    expect(results).toEqual(["read 1", "read 2", "write 1", "write 2"]);
  });

  it("goes on after a job that rejects", async () => {
    const queue = createBusQueue();
    const broken = queue.run("read", () => Promise.reject(new Error("broken")));
    const next = queue.run("read", () => Promise.resolve("next"));
    await expect(broken).rejects.toThrow("broken");
    await expect(next).resolves.toBe("next");
  });
});

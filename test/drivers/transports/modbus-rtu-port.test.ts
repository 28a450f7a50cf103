import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createModbusPool } from "#drivers/transports/modbus.ts";
import { createManualClock } from "#test/support/manual-clock.ts";
import { addressAnswer, rtuFrame, rtuRequest } from "#test/support/modbus-frames.ts";
import { openSerialLine } from "#test/support/pty.ts";

it("A Modbus RTU bus comes back when a missing port appears", async () => {
  const line = await openSerialLine();
  line.onData((frame) => line.send(rtuFrame(addressAnswer(rtuRequest(frame)))));
  const folder = await mkdtemp(join(tmpdir(), "headroom-serial-"));
  const path = join(folder, "port");
  const clock = createManualClock();
  const serial = { path, baudRate: 9600, framing: "8E1" } as const;
  const options = { subject: "main", role: "meter", timeoutMs: 200, delayMs: 0 } as const;
  const port = createModbusPool(clock).overRtu(serial, options);
  expect(await port.read(1, "holding", 0, 1)).toMatchObject({ ok: false, fault: { code: "unreachable" } });
  await symlink(line.path, path);
  const readAgain = async () => {
    clock.advance(2000);
    return port.read(1, "holding", 6, 1);
  };
  await expect.poll(readAgain, { timeout: 25_000 }).toEqual({ ok: true, value: [6] });
  await port.close();
  await line.close();
  await rm(folder, { recursive: true });
});

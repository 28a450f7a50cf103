import { expect, it } from "vitest";
import { createModbusClient, issue } from "#drivers/transports/modbus-client.ts";
import { addressAnswer, startBareServer, tcpFrame, tcpRequest } from "#test/support/modbus-frames.ts";

it("A Modbus TCP answer that comes only after the next request was sent is taken for its own request's", async () => {
  const frames: Buffer[] = [];
  const server = await startBareServer((frame, socket) => {
    frames.push(frame);
    if (frames.length < 2) return;
    const answers = frames.map(tcpRequest).map((request) => tcpFrame(request.transaction, addressAnswer(request)));
    socket.write(Buffer.concat(answers));
  });
  const client = createModbusClient();
  await client.connectTCP("127.0.0.1", { port: server.port });
  const ask = (address: number) => issue(client, { kind: "read", unitId: 1, table: "holding", address, count: 1 });
  const first = ask(100);
  await expect.poll(() => frames.length).toBe(1);
  expect(await ask(200)).toEqual([200]);
  expect(await first).toEqual([100]);
  await new Promise((resolve) => client.destroy(resolve));
  await server.close();
});

import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { ByteGate } from "#controller/broker/byte-gate.ts";

const LIMITS = { connectBytes: 32, packetBytes: 1000 };

const packet = (type: number, body: Buffer): Buffer => {
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push((rest & 0x7f) | (rest > 127 ? 0x80 : 0));
    rest >>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.from([type << 4, ...length]), body]);
};

const connectPacket = packet(1, Buffer.alloc(20, "c"));
const publishPacket = (bytes: number): Buffer => packet(3, Buffer.alloc(bytes, "p"));

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const gated = async (): Promise<{ gate: ByteGate; client: Socket; socket: Socket }> => {
  const server = createServer({ pauseOnConnect: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  client.on("error", () => undefined);
  const [socket] = (await once(server, "connection")) as [Socket];
  const gate = new ByteGate(socket, LIMITS);
  closers.push(() => {
    client.destroy();
    gate.destroy();
    server.close();
  });
  return { gate, client, socket };
};

const read = async (gate: ByteGate, bytes: number): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for (let left = bytes; left > 0;) {
    const part = gate.read() as Buffer | null;
    if (part === null) await once(gate, "readable");
    else {
      parts.push(part);
      left -= part.length;
    }
  }
  return Buffer.concat(parts);
};

const refusal = async (gate: ByteGate): Promise<string> => {
  gate.resume();
  const [error] = (await once(gate, "error")) as [Error];
  return error.message;
};

describe("a byte gate", () => {
  it("passes CONNECT alone until the client is accepted, then what was sent behind it", async () => {
    const { gate, client } = await gated();
    const behind = Buffer.concat([publishPacket(500), publishPacket(3)]);
    client.write(Buffer.concat([connectPacket, behind]));
    expect(await read(gate, connectPacket.length)).toEqual(connectPacket);
    expect(gate.read()).toBeNull();
    gate.open();
    expect(await read(gate, behind.length)).toEqual(behind);
  });

  it("passes a stream unchanged that arrives byte by byte", async () => {
    const { gate, client } = await gated();
    client.setNoDelay(true);
    for (const byte of connectPacket) client.write(Buffer.from([byte]));
    expect(await read(gate, connectPacket.length)).toEqual(connectPacket);
    gate.open();
    const stream = Buffer.concat([publishPacket(0), publishPacket(127), publishPacket(128), publishPacket(1000)]);
    for (const byte of stream) client.write(Buffer.from([byte]));
    expect(await read(gate, stream.length)).toEqual(stream);
  });

  it("passes what the broker writes", async () => {
    const { gate, client } = await gated();
    gate.cork();
    gate.write(Buffer.from("ab"));
    gate.write(Buffer.from("cd"));
    gate.uncork();
    const [received] = (await once(client, "data")) as [Buffer];
    expect(received.toString()).toBe("abcd");
  });

  it("cuts a CONNECT longer than allowed before its body is read", async () => {
    const { gate, client } = await gated();
    client.write(packet(1, Buffer.alloc(33)).subarray(0, 2));
    expect(await refusal(gate)).toBe("a packet longer than allowed");
  });

  it("cuts a later packet longer than allowed, even when the parser would wait for megabytes", async () => {
    const { gate, client } = await gated();
    client.write(connectPacket);
    await read(gate, connectPacket.length);
    gate.open();
    client.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]));
    expect(await refusal(gate)).toBe("a packet longer than allowed");
  });

  it("cuts a stream that does not begin with CONNECT", async () => {
    const { gate, client } = await gated();
    client.write(Buffer.from("GET / HTTP/1.1\r\n"));
    expect(await refusal(gate)).toBe("the first packet is not CONNECT");
  });

  it("cuts a length of more than four bytes", async () => {
    const { gate, client } = await gated();
    client.write(Buffer.from([0x10, 0x80, 0x80, 0x80, 0x80]));
    expect(await refusal(gate)).toBe("a malformed length");
  });

  it("closes when the client goes, and closes the client when it is destroyed", async () => {
    const gone = await gated();
    gone.client.destroy();
    gone.gate.resume();
    await once(gone.gate, "close");
    const cut = await gated();
    cut.client.resume();
    cut.gate.destroy();
    await once(cut.client, "close");
    expect(gone.gate.destroyed).toBe(true);
  });

  it("does not read on from a client that was not accepted", async () => {
    const { gate, client, socket } = await gated();
    client.write(connectPacket);
    await read(gate, connectPacket.length);
    const paused = once(socket, "pause");
    client.write(Buffer.alloc(8 * 1024 * 1024));
    await paused;
    expect(socket.isPaused()).toBe(true);
    expect(gate.readableLength).toBe(0);
    expect(socket.bytesRead).toBeLessThan(1024 * 1024);
  });
});

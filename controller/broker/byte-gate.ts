import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { PacketMeter } from "./packet-meter.ts";

/** Longest packets that pass to the parser, bytes after the fixed header. */
export type GateLimits = { readonly connectBytes: number; readonly packetBytes: number };

type WriteDone = (error?: Error | null) => void;

/**
 * Stands between a socket and the MQTT parser. Only the CONNECT passes until {@link ByteGate.open} is called: what follows it
 * stays unread. A packet that announces more than the limit ends the connection before its body is read.
 */
export class ByteGate extends Duplex {
  readonly #socket: Socket;
  readonly #limits: GateLimits;
  readonly #meter = new PacketMeter();
  #isOpen = false;
  #held: Buffer | null = null;

  constructor(socket: Socket, limits: GateLimits) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    this.#limits = limits;
    socket.on("data", (chunk: Buffer) => this.#pass(chunk));
    socket.on("end", () => this.push(null));
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.destroy());
  }

  /** Lets the packets after CONNECT through: the client has been accepted. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    const held = this.#held;
    this.#held = null;
    if (held !== null) this.#pass(held);
    if (!this.destroyed) this.#socket.resume();
  }

  override _read(): void {
    if (this.#held === null) this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: WriteDone): void {
    this.#socket.write(chunk, done);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: WriteDone): void {
    this.#socket.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: WriteDone): void {
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: WriteDone): void {
    this.#socket.destroy();
    this.#held = null;
    done(error);
  }

  #pass(chunk: Buffer): void {
    if (this.destroyed) return;
    const end = this.#isOpen ? this.#measureAll(chunk) : this.#measureOne(chunk);
    if (end === null) return;
    if (end < chunk.length) this.#hold(chunk.subarray(end));
    if (end > 0 && !this.push(chunk.subarray(0, end))) this.#socket.pause();
  }

  #measureOne(chunk: Buffer): number | null {
    if (this.#meter.packets > 0) return 0;
    return this.#measure(chunk, 0, this.#limits.connectBytes);
  }

  #measureAll(chunk: Buffer): number | null {
    let at = 0;
    while (at < chunk.length) {
      const end = this.#measure(chunk, at, this.#limits.packetBytes);
      if (end === null) return null;
      at = end;
    }
    return at;
  }

  #measure(chunk: Buffer, start: number, maxBytes: number): number | null {
    const measured = this.#meter.measure(chunk, start, maxBytes);
    if (!("refused" in measured)) return measured.end;
    this.destroy(new Error(measured.refused));
    return null;
  }

  #hold(rest: Buffer): void {
    this.#socket.pause();
    this.#held = this.#held === null ? rest : Buffer.concat([this.#held, rest]);
  }
}

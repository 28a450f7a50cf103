const CONNECT = 1;
const LONGEST_LENGTH_FIELD = 4;

/** How far one MQTT packet reaches into a chunk, or why the stream must be cut. */
type Measured = { readonly end: number } | { readonly refused: string };

/** Follows the packet boundaries of an MQTT byte stream without keeping any of it (MQTT 3.1.1, section 2.2). */
export class PacketMeter {
  #type: number | null = null;
  #lengthBytes = 0;
  #remaining = 0;
  #isBody = false;
  #packets = 0;

  /** How many packets have ended. */
  get packets(): number {
    return this.#packets;
  }

  /** Reads on from `start` to the end of the current packet or of the chunk; refuses a packet longer than `maxBytes`. */
  measure(chunk: Buffer, start: number, maxBytes: number): Measured {
    let at = start;
    while (!this.#isBody && at < chunk.length) {
      const refused = this.#header(chunk.readUInt8(at), maxBytes);
      if (refused !== null) return { refused };
      at += 1;
    }
    if (!this.#isBody) return { end: at };
    const taken = Math.min(chunk.length - at, this.#remaining);
    this.#remaining -= taken;
    if (this.#remaining === 0) this.#next();
    return { end: at + taken };
  }

  #header(byte: number, maxBytes: number): string | null {
    if (this.#type === null) {
      this.#type = byte >> 4;
      return this.#packets === 0 && this.#type !== CONNECT ? "the first packet is not CONNECT" : null;
    }
    this.#remaining += (byte & 0x7f) * 128 ** this.#lengthBytes;
    this.#lengthBytes += 1;
    this.#isBody = byte < 0x80;
    if (!this.#isBody && this.#lengthBytes === LONGEST_LENGTH_FIELD) return "a malformed length";
    return this.#remaining > maxBytes ? "a packet longer than allowed" : null;
  }

  #next(): void {
    this.#type = null;
    this.#lengthBytes = 0;
    this.#isBody = false;
    this.#packets += 1;
  }
}

/** Longest line that control accepts from a client, bytes: a command is far smaller. */
export const MAX_COMMAND_LINE = 64 * 1024;

/** Longest line that a client accepts from control, bytes: a live frame of a large site. */
export const MAX_FRAME_LINE = 8 * 1024 * 1024;

const NEWLINE = 10;

/** One message as one line of JSON, the newline included. */
export const encodeLine = (message: unknown): Buffer => Buffer.from(`${JSON.stringify(message)}\n`);

/** Cuts a byte stream into lines; holds at most `maxBytes` of an unfinished one. */
export class LineReader {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that this chunk completes, without their newlines; null: a line is longer than allowed. */
  read(chunk: Buffer): readonly string[] | null {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      if (!this.#keep(chunk.subarray(start, end))) return null;
      lines.push(this.#takeLine());
      start = end + 1;
    }
    return this.#keep(chunk.subarray(start)) ? lines : null;
  }

  #keep(part: Buffer): boolean {
    this.#bytes += part.length;
    if (this.#bytes > this.#maxBytes) return false;
    if (part.length > 0) this.#parts.push(part);
    return true;
  }

  #takeLine(): string {
    const line = Buffer.concat(this.#parts).toString("utf8");
    this.#parts = [];
    this.#bytes = 0;
    return line;
  }
}

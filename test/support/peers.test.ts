import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findPeer } from "./peers.ts";

describe("finding a peer", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "headroom-peers-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("gives the path of a program that is installed", () => {
    expect(findPeer("sh")).toMatch(/^\/.*\/sh$/);
  });

  it("gives null for a program that nobody has", () => {
    expect(findPeer("headroom-has-no-such-peer")).toBeNull();
  });

  it("takes an absolute path as it is", () => {
    const path = join(folder, "peer");
    writeFileSync(path, "", { mode: 0o755 });
    expect(findPeer(path)).toBe(path);
  });

  it("does not take a file that cannot be run, nor a folder", () => {
    const path = join(folder, "peer");
    writeFileSync(path, "", { mode: 0o644 });
    expect(findPeer(path)).toBeNull();
    expect(findPeer(folder)).toBeNull();
  });
});

/** A repeatable source of numbers in [0, 1): the same seed gives the same sequence. */
export type Random = () => number;

/** A seeded generator (mulberry32, public domain): 32 bits of state, good enough for simulated days. */
export const createRandom = (seed: number): Random => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** A number in [from, to). */
export const between = (random: Random, from: number, to: number): number => from + random() * (to - from);

/** One of the given values. */
export const pick = <T>(random: Random, values: readonly [T, ...T[]]): T =>
  values[Math.floor(random() * values.length)] ?? values[0];

import type { Fault } from "../model/fault.ts";

/** Which faults began and ended from one cycle to the next; the same code on the same subject is the same fault, whatever its detail. */
export const faultChanges = (
  before: readonly Fault[],
  now: readonly Fault[],
): { readonly began: readonly Fault[]; readonly ended: readonly Fault[] } => ({
  began: without(now, before),
  ended: without(before, now),
});

const keyOf = ({ code, subject }: Fault): string => `${code} ${subject}`;

const without = (faults: readonly Fault[], others: readonly Fault[]): readonly Fault[] => {
  const keys = new Set(others.map(keyOf));
  return faults.filter((fault) => !keys.has(keyOf(fault)));
};

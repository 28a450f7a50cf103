import { PHASES } from "../model/phase.ts";
import type { CircuitFallback } from "../config/fallback-proof.ts";

const HEAD = ["circuit", "phase", "failsafe A", "load A", "total A", "limit A", "power-on A", "state"] as const;

const amps = (valueA: number): string => String(Math.round(valueA * 10) / 10);

const rowsOf = (proof: CircuitFallback): readonly (readonly string[])[] =>
  ([0, 1, 2] as const).map((i) => [
    proof.circuit,
    PHASES[i] ?? "",
    amps(proof.sumA[i]),
    amps(proof.worstLoadA[i]),
    amps(proof.sumA[i] + proof.worstLoadA[i]),
    amps(proof.limitA[i]),
    amps(proof.powerOnSumA[i] + proof.worstLoadA[i]),
    proof.phaseStates[i],
  ]);

const isText = (column: number): boolean => column < 2 || column === HEAD.length - 1;

/** The fallback proof as an aligned table, one row per circuit and phase; totals and power-on include the building load. */
export const fallbackTable = (proofs: readonly CircuitFallback[]): string => {
  const rows = [HEAD, ...proofs.flatMap(rowsOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, column: number): string =>
    isText(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return `${rows.map((row) => row.map(pad).join("  ").trimEnd()).join("\n")}\n`;
};

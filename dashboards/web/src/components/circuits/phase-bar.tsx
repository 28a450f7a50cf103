/** What one phase of a circuit carries, A. */
export type PhaseUse = {
  readonly buildingA: number;
  readonly drawnA: number;
  readonly accountedA: number;
  readonly reserveA: number;
  readonly limitA: number;
  /** The current at the right end of the bar. */
  readonly scaleA: number;
};

type SegmentProps = { readonly kind: string; readonly fromA: number; readonly toA: number; readonly scaleA: number };

const percent = (valueA: number, scaleA: number): number => Math.min(100, Math.max(0, (100 * valueA) / scaleA));

const Segment = ({ kind, fromA, toA, scaleA }: SegmentProps) => {
  const from = percent(fromA, scaleA);
  const width = percent(toA, scaleA) - from;
  return width <= 0 ? null : <span class={`segment ${kind}`} style={{ left: `${from}%`, width: `${width}%` }} />;
};

/** One phase as a bar: building, vehicles, what they may still draw; the reserve, the limit and what is closed above it. */
export const PhaseBar = ({ buildingA, drawnA, accountedA, reserveA, limitA, scaleA }: PhaseUse) => {
  const building = Math.max(0, buildingA);
  return (
    <span class="phase-bar" aria-hidden="true">
      <Segment kind="reserve" fromA={limitA - reserveA} toA={limitA} scaleA={scaleA} />
      <Segment kind="closed" fromA={limitA} toA={scaleA} scaleA={scaleA} />
      <Segment kind="building" fromA={0} toA={building} scaleA={scaleA} />
      <Segment kind="committed" fromA={building + drawnA} toA={building + accountedA} scaleA={scaleA} />
      <Segment kind="drawn" fromA={building} toA={building + drawnA} scaleA={scaleA} />
      <span class="limit-mark" style={{ left: `${percent(limitA, scaleA)}%` }} />
    </span>
  );
};

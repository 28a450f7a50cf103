import type { LiveCircuit } from "#controller/protocol/live-frame.ts";
import { CircuitCard } from "./circuit-card.tsx";

type Props = { readonly circuits: readonly LiveCircuit[]; readonly parent: string | null; readonly depth: number };

/** The circuits below a parent as a nested list, each above its own children. */
export const CircuitTree = ({ circuits, parent, depth }: Props) => {
  const children = circuits.filter((circuit) => circuit.parent === parent);
  if (children.length === 0) return null;
  return (
    <ul class={`circuits depth-${Math.min(depth, 3)}`}>
      {children.map((circuit) => (
        <li key={circuit.id}>
          <CircuitCard circuit={circuit} depth={depth} />
          <CircuitTree circuits={circuits} parent={circuit.id} depth={depth + 1} />
        </li>
      ))}
    </ul>
  );
};

import type { LiveCircuit } from "#controller/protocol/live-frame.ts";
import { useSpeech } from "../../i18n/index.ts";
import { PHASES } from "../../phases.ts";
import { Icon } from "../icon.tsx";
import { PhaseBar } from "./phase-bar.tsx";

/** A limit is drawn against the largest sealed one, or against the use where that is above it. */
const scaleOf = ({ sealedA, buildingA, accountedA }: LiveCircuit): number =>
  Math.max(1, ...sealedA, ...PHASES.map((_, index) => (buildingA[index] ?? 0) + (accountedA[index] ?? 0)));

const Headroom = ({ valueA }: { readonly valueA: number }) => {
  const { say, figure } = useSpeech();
  if (valueA >= 0) return <>{figure(valueA, 1)}</>;
  return (
    <strong class="over">
      <Icon name="warning" />
      {figure(valueA, 1)}
      <span class="for-readers"> {say("circuit.over")}</span>
    </strong>
  );
};

const Heads = () => {
  const { say } = useSpeech();
  return (
    <tr role="row">
      <th role="columnheader" class="phase-cell">
        <span class="for-readers">{say("circuit.phase")}</span>
      </th>
      <th role="columnheader" class="bar-cell">
        <span class="for-readers">{say("circuit.bar")}</span>
      </th>
      <th role="columnheader">
        <span class="swatch building" />
        {say("circuit.building")}
      </th>
      <th role="columnheader">
        <span class="swatch drawn" />
        {say("circuit.drawn")}
      </th>
      <th role="columnheader" title={say("circuit.committed-hint")}>
        <span class="swatch committed" />
        {say("circuit.committed")}
      </th>
      <th role="columnheader">
        <span class="swatch headroom" />
        {say("circuit.headroom")}
      </th>
      <th role="columnheader">
        <span class="swatch limit" />
        {say("circuit.limit")}
      </th>
    </tr>
  );
};

/** The three phases of a circuit, each as a bar and as figures. */
export const PhaseTable = ({ circuit }: { readonly circuit: LiveCircuit }) => {
  const { say, figure, plain } = useSpeech();
  const scaleA = scaleOf(circuit);
  return (
    <table role="table" class="phases" aria-label={say("circuit.phases", { circuit: circuit.name })}>
      <thead role="rowgroup">
        <Heads />
      </thead>
      <tbody role="rowgroup">
        {PHASES.map((phase, index) => {
          const buildingA = circuit.buildingA[index] ?? 0;
          const drawnA = circuit.drawnA[index] ?? 0;
          const accountedA = circuit.accountedA[index] ?? 0;
          const limitA = circuit.limitA[index] ?? 0;
          return (
            <tr role="row" key={phase}>
              <th role="rowheader" class="phase-cell">
                {phase}
              </th>
              <td role="cell" class="bar-cell">
                <PhaseBar {...{ buildingA, drawnA, accountedA, limitA, scaleA, reserveA: circuit.reserveA }} />
              </td>
              <td role="cell">{figure(buildingA, 1)}</td>
              <td role="cell">{figure(drawnA, 1)}</td>
              <td role="cell">{figure(accountedA, 1)}</td>
              <td role="cell">
                <Headroom valueA={circuit.headroomA[index] ?? 0} />
              </td>
              <td role="cell">{plain(limitA)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
};

import type { LiveCircuit } from "#controller/protocol/live-frame.ts";
import { useSpeech } from "../../i18n/index.ts";
import { PHASES } from "../../phases.ts";

type Waited = LiveCircuit["waited"][number];

const totalWh = ({ phasesWh, powerWh }: Waited): number => phasesWh.reduce((sum, each) => sum + each, powerWh);

const Day = ({ waited, scaleWh }: { readonly waited: Waited; readonly scaleWh: number }) => {
  const { say, figure, day } = useSpeech();
  const shares = [
    ...PHASES.map((phase, index) => ({ name: phase, energyWh: waited.phasesWh[index] ?? 0 })),
    { name: say("reason.all-phases"), energyWh: waited.powerWh },
  ].filter(({ energyWh }) => energyWh > 0);
  return (
    <tr>
      <th scope="row">{day(waited.day)}</th>
      <td class="waited-bar" aria-hidden="true">
        <span style={{ width: `${(100 * totalWh(waited)) / scaleWh}%` }} />
      </td>
      <td>{figure(totalWh(waited) / 1000, 1)}</td>
      <td class="waited-where">{shares.map(({ name }) => name).join(", ")}</td>
    </tr>
  );
};

/** How much energy waited for a circuit on each of the last days: the sum at a glance, the days to unfold; nothing where none did. */
export const WaitedEnergy = ({ circuit }: { readonly circuit: LiveCircuit }) => {
  const { say, figure } = useSpeech();
  const { waited, name } = circuit;
  const sumWh = waited.reduce((sum, each) => sum + totalWh(each), 0);
  if (sumWh === 0) return null;
  const scaleWh = Math.max(...waited.map(totalWh));
  return (
    <details class="waited">
      <summary>{say("waited.sum", { value: figure(sumWh / 1000, 1) })}</summary>
      <p class="hint">{say("waited.hint")}</p>
      <table aria-label={say("waited.of", { circuit: name })}>
        <thead>
          <tr>
            <th scope="col">{say("waited.day")}</th>
            <td aria-hidden="true" />
            <th scope="col">kWh</th>
            <th scope="col" class="waited-where">
              {say("waited.where")}
            </th>
          </tr>
        </thead>
        <tbody>
          {waited.map((each) => (
            <Day key={each.day} waited={each} scaleWh={scaleWh} />
          ))}
        </tbody>
      </table>
    </details>
  );
};

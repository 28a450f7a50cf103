import { type Finding, wrong } from "../problem.ts";
import type { SiteFile } from "../schema.ts";

const generator = ({ generator: contact, circuits }: SiteFile): readonly Finding[] => {
  const index = circuits.findIndex(({ generatorLimitA }) => generatorLimitA !== undefined);
  if (contact === undefined && index >= 0)
    return [
      wrong(
        ["circuits", index, "generatorLimitA"],
        "nothing says when the generator feeds the site",
        "add generator: with the mqttTopic of its contact, or remove generatorLimitA",
      ),
    ];
  if (contact !== undefined && index < 0)
    return [
      wrong(
        ["generator"],
        "no circuit has another limit on the generator",
        "add generatorLimitA to the circuits that the generator feeds, or remove generator",
      ),
    ];
  return [];
};

const gridOperator = ({ gridOperator: config }: SiteFile): readonly Finding[] => {
  if (config === undefined || config.lpc) return [];
  const stray = (["limitTopic", "heartbeatTopic", "failsafeKw"] as const).filter((key) => config[key] !== undefined);
  if (stray.length > 0)
    return stray.map((key) =>
      wrong(["gridOperator", key], "means nothing without lpc: true", `add lpc: true, or remove ${key}`),
    );
  if (config.contactTopic !== undefined) return [];
  return [
    wrong(["gridOperator"], "nothing says how the grid operator dims the site", "add contactTopic, or lpc: true"),
  ];
};

const demand = ({ demand: config, circuits, meters }: SiteFile): readonly Finding[] => {
  const root = circuits.find(({ parent }) => parent === undefined);
  if (config === undefined || meters.some(({ id, measures }) => id === root?.meter && measures === "all")) return [];
  return [
    wrong(
      ["demand"],
      "no meter measures everything at the grid connection",
      "add a meter with measures: all to the circuit without parent, or remove demand",
    ),
  ];
};

/** Whether what the site is told from outside fits what the file says of its circuits. */
export const inputFindings = (file: SiteFile): readonly Finding[] => [
  ...generator(file),
  ...gridOperator(file),
  ...demand(file),
];

import { parseArgs } from "node:util";

/** What a role is started with: the supervisor and a service manager write the same arguments. */
export type RoleOptions = {
  readonly siteFile: string;
  readonly dataDirectory: string;
  readonly port: number;
  readonly mqttPort: number;
  /** How much faster than real time a simulated site runs. */
  readonly clockScale: number;
  /** The day file that a simulated site lives through; null: the demo's morning. */
  readonly day: string | null;
  /** Where in it to begin; null: an hour before its tightest moment. */
  readonly dayStartMs: number | null;
};

const text = { type: "string", default: "" } as const;

/** Reads the arguments of a role; throws on one it does not know. */
export const readRoleOptions = (argv: readonly string[]): RoleOptions => {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      config: text,
      data: text,
      port: text,
      "mqtt-port": text,
      "clock-scale": text,
      day: text,
      "day-start-ms": text,
    },
  });
  return {
    siteFile: values.config,
    dataDirectory: values.data,
    port: Number(values.port || 8080),
    mqttPort: Number(values["mqtt-port"] || 1883),
    clockScale: Number(values["clock-scale"] || 1),
    day: values.day || null,
    dayStartMs: values["day-start-ms"] === "" ? null : Number(values["day-start-ms"]),
  };
};

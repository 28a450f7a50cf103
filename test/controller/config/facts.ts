import type { DeviceFacts, FactsById, StationFacts } from "#controller/config/device-facts.ts";

const STATION: StationFacts = {
  kind: "station",
  id: "acme-22",
  transports: {
    "modbus-tcp": { port: 502, unitId: 1 },
    "modbus-rtu": { baudRate: 9600, framing: "8N1", unitId: 1 },
  },
  minA: 6,
  maxA: 32,
  stepA: 1,
  watchdogMs: 30_000,
  reactionMs: 5000,
  powerOnA: "max",
  measuresCurrent: true,
  hasFailsafe: true,
  maxEvses: 1,
  evseUnitIdStep: 0,
};

const ALL: readonly DeviceFacts[] = [
  STATION,
  { ...STATION, id: "acme-twin", maxEvses: 2, evseUnitIdStep: 1 },
  { ...STATION, id: "acme-plain", hasFailsafe: false, watchdogMs: null, powerOnA: 0 },
  { ...STATION, id: "acme-mqtt", hasFailsafe: false, watchdogMs: null, transports: { mqtt: { prefix: "acme" } } },
  {
    kind: "meter",
    id: "acme-meter",
    transports: { "modbus-rtu": { baudRate: 9600, framing: "8N1", unitId: 1 } },
    intervalMs: 500,
  },
  { kind: "inverter", id: "acme-inverter", transports: { "modbus-tcp": { port: 502, unitId: 1 } } },
];

/** Made-up profiles: a station, one with two EVSEs, one without failsafe, one over MQTT, a meter and an inverter. */
export const TEST_FACTS: FactsById = new Map(ALL.map((facts) => [facts.id, facts]));

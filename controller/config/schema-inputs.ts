import Type from "typebox";
import { brokerUrl, topic } from "./schema-device.ts";
import { closed, flag, power } from "./schema-parts.ts";

/** The contact that stops all charging. */
export const EmergencyStopConfig = Type.Object(
  { mqttTopic: Type.Optional(topic("Topic of the emergency-stop or fire-alarm contact")), url: brokerUrl },
  { ...closed, description: "Emergency-stop contact" },
);

/** The contact that says when the site is fed by its generator. */
export const GeneratorConfig = Type.Object(
  { mqttTopic: topic("Topic of the contact that says when the generator feeds the site"), url: brokerUrl },
  { ...closed, description: "Generator contact: generatorLimitA of the circuits holds while it is not at rest" },
);

/** How the grid operator dims the vehicles of the site (§ 14a EnWG). */
export const GridOperatorConfig = Type.Object(
  {
    devices: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_000,
        description: "Controllable devices that share the guaranteed power; left out: the EVSEs of this file",
      }),
    ),
    contactTopic: Type.Optional(topic("Topic of the contact that dims: to the power guaranteed for so many devices")),
    lpc: flag("Limits come with heartbeats, as over EEBUS LPC, from the API or the topics below"),
    failsafeKw: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 100_000,
        description: "Power of all vehicles while heartbeats are missing; left out: the guaranteed power",
      }),
    ),
    failsafeMs: Type.Integer({
      minimum: 7_200_000,
      maximum: 86_400_000,
      default: 7_200_000,
      description: "How long that holds at least when heartbeats do not return",
    }),
    limitTopic: Type.Optional(topic("Topic of its limits")),
    heartbeatTopic: Type.Optional(topic("Topic of its heartbeats")),
    url: brokerUrl,
  },
  { ...closed, description: "Dimming by the grid operator" },
);

/** The contract on the mean power of each metering slot. */
export const DemandConfig = Type.Object(
  {
    contractKw: power("Mean power of a slot that must not be exceeded"),
    slotMinutes: Type.Enum([15, 30], { default: 15, description: "Length of a slot; slots begin at the full hour" }),
  },
  { ...closed, description: "Demand that the grid contract allows at the grid connection" },
);

import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { lowestValue, type LimitValue } from "../model/limit.ts";
import type { StoredLimit } from "../loop/limits/limit-store.ts";

const closed = { additionalProperties: false };
const Name = Type.String({ maxLength: 40 });
const EnergyWh = Type.Number({ minimum: 0, maximum: 1e12 });
const Amp = Type.Number({ minimum: 0, maximum: 10_000 });
const Amps = Type.Tuple([Amp, Amp, Amp]);

/** The strategy chosen at run time. Not an enumeration: one that no longer exists is no damage. */
export const ChosenStrategy = Type.Object({ chosen: Name, insteadOf: Name }, closed);

/** The energy that waited on a circuit on one day. */
export const Waited = Type.Object(
  {
    circuit: Type.String({ minLength: 1, maxLength: 100 }),
    day: Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" }),
    phasesWh: Type.Tuple([EnergyWh, EnergyWh, EnergyWh]),
    powerWh: EnergyWh,
  },
  closed,
);

/** What energy costs, as it was last said. */
export const Prices = Type.Array(
  Type.Object(
    {
      startsAtWallMs: Type.Number({ minimum: 0, maximum: 1e15 }),
      endsAtWallMs: Type.Number({ minimum: 0, maximum: 1e15 }),
      pricePerKwh: Type.Number({ minimum: -1000, maximum: 1000 }),
    },
    closed,
  ),
  { maxItems: 400 },
);

const StateV1 = Type.Object(
  {
    isEmergencyStopped: Type.Boolean(),
    limits: Type.Array(
      Type.Object(
        {
          circuit: Type.String({ minLength: 1, maxLength: 100 }),
          source: Type.Enum(["operating", "lease"]),
          limitA: Amps,
          lease: Type.Union([
            Type.Null(),
            Type.Object({ expiresAtWallMs: Type.Number({ minimum: 0, maximum: 1e15 }), afterwardsA: Amps }, closed),
          ]),
        },
        closed,
      ),
      { maxItems: 1000 },
    ),
    strategy: Type.Optional(ChosenStrategy),
    waited: Type.Optional(Type.Array(Waited, { maxItems: 10_000 })),
    prices: Type.Optional(Prices),
  },
  closed,
);

type StateV1 = Static<typeof StateV1>;
type LimitV1 = StateV1["limits"][number];

const check = Compile(StateV1);

/** Whether a value is a state of the first format, in which a lease was a source of its own. */
export const isStateV1 = (value: unknown): value is StateV1 => check.Check(value);

/** Its limits as they are kept today: an operating limit and a lease of one circuit become one, as low as both together. */
export const limitsOfV1 = ({ limits }: StateV1): readonly StoredLimit[] =>
  [...Map.groupBy(limits, ({ circuit }) => circuit)].map(([circuit, all]) => merge(circuit, all));

const merge = (circuit: string, limits: readonly LimitV1[]): StoredLimit => {
  const now = limits.map(({ limitA }) => valueOf(limitA)).reduce(lowestValue);
  const afterwards = limits.map(({ limitA, lease }) => valueOf(lease?.afterwardsA ?? limitA)).reduce(lowestValue);
  const lease = limits.find((limit) => limit.lease !== null)?.lease ?? null;
  return {
    circuit,
    source: "operating",
    ...now,
    lease: lease === null ? null : { expiresAtWallMs: lease.expiresAtWallMs, afterwards },
  };
};

const valueOf = (limitA: LimitV1["limitA"]): LimitValue => ({ limitA, powerW: null });

import { randomUUID } from "node:crypto";
import Type from "typebox";
import { carryOut } from "../commands.ts";
import { DateTime, toWallMs } from "../date-time.ts";
import { ChangeHeaders, Outcome } from "../schemas.ts";
import type { Route } from "./route.ts";

/** Four days of quarters of an hour, and some. */
const MOST_PRICES = 400;

const Body = Type.Object(
  {
    prices: Type.Array(
      Type.Object(
        { startsAt: DateTime, endsAt: DateTime, pricePerKwh: Type.Number({ minimum: -1000, maximum: 1000 }) },
        { additionalProperties: false },
      ),
      { maxItems: MOST_PRICES },
    ),
  },
  { additionalProperties: false },
);

/** What energy costs from when until when, in one piece: it replaces all that was said before. */
export const prices: Route = (app, { port }) => {
  const schema = { body: Body, headers: ChangeHeaders, response: { 200: Outcome } };
  app.put("/api/v1/prices", { schema }, async ({ body, headers }) =>
    carryOut(port, headers["idempotency-key"] ?? randomUUID(), {
      type: "set-prices",
      prices: body.prices.map(({ startsAt, endsAt, pricePerKwh }) => ({
        startsAtWallMs: toWallMs(startsAt, "startsAt"),
        endsAtWallMs: toWallMs(endsAt, "endsAt"),
        pricePerKwh,
      })),
    }),
  );
};

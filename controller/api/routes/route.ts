import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Static } from "typebox";
import type { LiveCircuit, LiveEvse, LiveFrame } from "../../protocol/live-frame.ts";
import type { ControlPort } from "../control-port.ts";
import type { Live } from "../live.ts";
import { Problem } from "../problem.ts";
import type { EvseParams } from "../schemas.ts";

/** The server as routes see it: request types follow from their schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What a route may use. */
export type RouteContext = { readonly port: ControlPort; readonly live: Live };

/** Adds one resource to the server. */
export type Route = (app: App, context: RouteContext) => void;

/** The newest frame, or a problem when control has not reported yet. */
export const requireFrame = ({ live }: RouteContext): LiveFrame => {
  const frame = live.latest();
  if (frame === null) throw new Problem(503, "no-frame-yet", "Try again in a moment.");
  return frame;
};

/** A circuit of the newest frame, or a problem when there is none of that id. */
export const requireCircuit = (context: RouteContext, id: string): LiveCircuit => {
  const circuit = requireFrame(context).circuits.find((candidate) => candidate.id === id);
  if (circuit === undefined) throw new Problem(404, "not-found", "No circuit has this id.");
  return circuit;
};

/** An EVSE of the newest frame, or a problem when that station has none of that number. */
export const requireEvse = (context: RouteContext, { station, number }: Static<typeof EvseParams>): LiveEvse => {
  const evse = requireFrame(context).evses.find((each) => each.station === station && String(each.number) === number);
  if (evse === undefined) throw new Problem(404, "not-found", "No station of this id has an EVSE of this number.");
  return evse;
};

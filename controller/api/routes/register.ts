import { circuitLimit } from "./limits/circuit-limit.ts";
import { circuitSchedule } from "./limits/circuit-schedule.ts";
import { emergencyStop } from "./emergency-stop.ts";
import { evseBoost } from "./evse-boost.ts";
import { evseNeed } from "./evse-need.ts";
import { gridOperator } from "./limits/grid-operator.ts";
import { healthz } from "./healthz.ts";
import { readyz } from "./readyz.ts";
import { prices } from "./prices.ts";
import type { App, Route, RouteContext } from "./route.ts";
import { site } from "./site.ts";
import { state } from "./state.ts";
import { strategy } from "./strategy.ts";
import { stream } from "./stream.ts";

const ROUTES: readonly Route[] = [
  healthz,
  readyz,
  site,
  state,
  stream,
  circuitLimit,
  prices,
  strategy,
  evseNeed,
  evseBoost,
  circuitSchedule,
  gridOperator,
  emergencyStop,
];

/** Adds every resource of the API. */
export const registerRoutes = (app: App, context: RouteContext): void => {
  for (const route of ROUTES) route(app, context);
};

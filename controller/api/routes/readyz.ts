import Type from "typebox";
import { Problem } from "../problem.ts";
import { requireFrame, type Route } from "./route.ts";

/** A frame this many cycles old means that control has stopped. */
const MAX_AGE_CYCLES = 3;

const Ready = Type.Object({
  status: Type.Literal("ready"),
  cycle: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  frameAgeMs: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
});

/** Whether control reports: a frame younger than three cycles, else 503 with the reason. */
export const readyz: Route = (app, context) => {
  app.get("/readyz", { schema: { response: { 200: Ready } } }, async () => {
    const { cycle, cycleMs } = requireFrame(context);
    const frameAgeMs = Math.round(context.live.ageMs() ?? Infinity);
    if (frameAgeMs >= MAX_AGE_CYCLES * cycleMs) {
      throw new Problem(
        503,
        "frame-too-old",
        `The last cycle was seen ${frameAgeMs} ms ago; one is due every ${cycleMs} ms.`,
      );
    }
    return { status: "ready" as const, cycle, frameAgeMs };
  });
};

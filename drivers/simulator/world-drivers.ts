import { fault } from "#controller/model/fault.ts";
import type { MeterDriver, StationDriver } from "#controller/model/ports.ts";
import type { EvseReading } from "#controller/model/reading.ts";
import { failed, ok } from "#controller/model/result.ts";
import type { Meter } from "#controller/model/site.ts";
import { instant, type Clock } from "#controller/model/time.ts";
import { createRandom } from "./world/random.ts";
import { type Evse, isUp, limitInForceA, terminalCurrents, vehicleState } from "./world/station.ts";
import { hearTraffic, order, shownCurrents, type World } from "./world/world.ts";

/** A station of a world with one EVSE, without a socket in between: what is broken about it on command shows here too. */
export const openWorldStation = (world: World, id: string, clock: Clock): StationDriver => {
  const evse = world.evseById.get(`${id}/1`);
  const station = world.stations.get(id);
  if (evse === undefined || station === undefined) throw new Error(`no station ${id}`);
  const isSilent = (): boolean => station.faults.silence || !isUp(station, world.nowMs);
  const silent = failed(fault("timeout", id, "no answer"));
  const random = createRandom(1);
  const isAnswerLost = (): boolean => random() < station.faults.lostFraction;
  return {
    station: id,
    async poll() {
      if (isSilent()) return silent;
      hearTraffic(world, evse, "read");
      const answer = isAnswerLost() ? silent : ok([readingOf(world, evse)]);
      if (station.faults.delayMs > 0) await clock.sleep(station.faults.delayMs);
      return answer;
    },
    async write(_number, currentA) {
      if (isSilent()) return silent;
      hearTraffic(world, evse, "setpoint");
      order(world, evse, { setA: currentA, isEnabled: currentA > 0 });
      return isAnswerLost() ? silent : ok(null);
    },
    isFailsafeProven: () => evse.isArmed,
    close: async () => undefined,
  };
};

const readingOf = (world: World, evse: Evse): EvseReading => ({
  evse: evse.spec.id,
  sampledAt: instant(world.nowMs),
  state: vehicleState(evse),
  terminalA: terminalCurrents(evse),
  offeredA: limitInForceA(evse),
  powerW: null,
  energyWh: null,
  failsafeA: evse.failsafeA,
  failsafeTimeoutMs: evse.timeoutMs,
});

/** A meter on a circuit of a world, without a socket in between. */
export const openWorldMeter = (world: World, { id, circuit, measures }: Meter): MeterDriver => ({
  meter: id,
  async poll() {
    const currentA = shownCurrents(world, circuit, measures);
    return ok({ meter: id, sampledAt: instant(world.nowMs), currentA, voltageV: null, powerW: null });
  },
  onSample: () => undefined,
  close: async () => undefined,
});

import type { Random } from "../world/random.ts";
import { isUp, type Station } from "../world/station.ts";
import type { World } from "../world/world.ts";
import type { RegisterBank } from "./register-bank.ts";

/** A device on a wire: its registers and what is broken about it. */
export type WireDevice = {
  readonly bank: RegisterBank;
  readonly device: Station;
  readonly world: World;
  readonly random: Random;
};

/** Whether requests reach it at all. */
export const isListening = ({ device, world }: WireDevice): boolean =>
  !device.faults.silence && isUp(device, world.nowMs);

/** Sends an answer as the device's faults let it: lost, as noise, or late. */
export const sendAnswer = ({ device, random }: WireDevice, answer: Buffer, send: (bytes: Buffer) => void): void => {
  const { lostFraction, garbage, delayMs } = device.faults;
  if (lostFraction > 0 && random() < lostFraction) return;
  const bytes = garbage ? Buffer.from(answer.map(() => Math.floor(random() * 256))) : answer;
  if (delayMs > 0) setTimeout(() => send(bytes), delayMs).unref();
  else send(bytes);
};

import type { Socket } from "node:net";

/** A place among the connections that have not been accepted yet; leaving it twice is harmless. */
export type Admit = (socket: Socket, leave: () => void) => void;

type Limits = { readonly maxUnauthenticated: number; readonly connectTimeoutMs: number };

/**
 * Lets a bounded number of connections at once into authentication; the others wait unread for up to two time-outs.
 * Returns what to do with each new, paused socket.
 */
export const createAdmission = (
  { maxUnauthenticated, connectTimeoutMs }: Limits,
  admit: Admit,
): ((socket: Socket) => void) => {
  const waiting = new Set<Socket>();
  let inside = 0;

  const next = (): void => {
    const [socket] = waiting;
    if (socket === undefined || inside >= maxUnauthenticated) return;
    waiting.delete(socket);
    enter(socket);
  };
  const enter = (socket: Socket): void => {
    inside += 1;
    let isInside = true;
    const leave = (): void => {
      if (!isInside) return;
      isInside = false;
      inside -= 1;
      next();
    };
    socket.setTimeout(0);
    socket.once("close", leave);
    admit(socket, leave);
  };
  return (socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("close", () => waiting.delete(socket));
    if (inside < maxUnauthenticated) return enter(socket);
    waiting.add(socket);
    // Long enough for a silent connection before it to be cut.
    socket.setTimeout(2 * connectTimeoutMs, () => socket.destroy());
  };
};

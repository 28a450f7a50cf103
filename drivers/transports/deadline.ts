/** How something with a deadline ended. */
export type Outcome<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "error"; readonly error: unknown }
  | { readonly kind: "late" };

/** How a promise ended, `late` when it had not after `ms` of real time; what it does later has no effect. Never rejects. */
export const withDeadline = <T>(pending: Promise<T>, ms: number): Promise<Outcome<T>> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ kind: "late" }), ms);
    const end = (outcome: Outcome<T>): void => {
      clearTimeout(timer);
      resolve(outcome);
    };
    pending.then(
      (value) => end({ kind: "done", value }),
      (error: unknown) => end({ kind: "error", error }),
    );
  });

/** Resolves after `ms` of real time. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What an unknown thrown value says. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const CONNECT_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens on that port there",
  EHOSTUNREACH: "nothing with that address is on the network",
  ENETUNREACH: "this machine has no route to that address",
  ETIMEDOUT: "nothing answers at that address",
  ENOTFOUND: "that host name is not known",
  EAI_AGAIN: "host names cannot be looked up now",
};

/** Why no connection came about, for people: a host with several addresses fails with a code and no message. */
export const connectProblem = (error: unknown): string => {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const words = CONNECT_WORDS[code];
  return words === undefined ? messageOf(error) || code : `${words} (${messageOf(error) || code})`;
};

/** One job at a time on one bus; the next starts when the last one has ended. */
export type BusQueue = {
  /** The result of a job once its turn has come; writes go before all reads that wait. */
  run<T>(urgency: "write" | "read", job: () => Promise<T>): Promise<T>;
};

/** An empty queue. A job that rejects rejects its own caller only. */
export const createBusQueue = (): BusQueue => {
  const writes: (() => Promise<void>)[] = [];
  const reads: (() => Promise<void>)[] = [];
  let isBusy = false;

  const drain = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    for (let next = writes.shift() ?? reads.shift(); next !== undefined; next = writes.shift() ?? reads.shift()) {
      await next();
    }
    isBusy = false;
  };

  return {
    run: (urgency, job) =>
      new Promise((resolve, reject) => {
        (urgency === "write" ? writes : reads).push(() => job().then(resolve, reject));
        void drain();
      }),
  };
};

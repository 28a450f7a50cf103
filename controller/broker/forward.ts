/**
 * Hands values to a slow consumer one at a time. While it is busy only the newest value waits (R11); what the consumer throws
 * goes to `onError`.
 */
export const latestWins = <T>(
  consume: (value: T) => Promise<void>,
  onError: (error: unknown) => void,
): ((value: T) => void) => {
  let waiting: { readonly value: T } | null = null;
  let isBusy = false;

  const drain = async (): Promise<void> => {
    isBusy = true;
    while (waiting !== null) {
      const { value } = waiting;
      waiting = null;
      await consume(value).catch(onError);
    }
    isBusy = false;
  };
  return (value) => {
    waiting = { value };
    if (!isBusy) void drain();
  };
};

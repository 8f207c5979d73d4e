/** Where the time comes from. Injected everywhere, so that tests can hold it still. */
export type Clock = { readonly now: () => Date };

export const systemClock: Clock = { now: () => new Date() };

/** A clock that stands at `start` until it is moved with `advance` (milliseconds). */
export function fixedClock(start: Date): Clock & { advance: (byMs: number) => void } {
  let currentMs = start.getTime();
  return {
    now: () => new Date(currentMs),
    advance: (byMs) => {
      currentMs += byMs;
    },
  };
}

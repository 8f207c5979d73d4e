import { AppError } from '@maxai/kernel/errors';
import type { Cache } from '@maxai/runtime/cache';
import { windowSeconds } from './admission.ts';

export type Guesses = {
  /** Runs `ask` unless the address has had too many credentials refused in this window: then it throws `rate_limited`. */
  watch<T>(address: string, nowMs: number, ask: () => Promise<T>): Promise<T>;
};

/**
 * Counts the credentials of an address that nobody knows. A question is counted before it is asked and taken
 * back unless it is refused, so that many at once get no further than many in turn. While the cache is away
 * nothing is counted.
 */
export function createGuesses(cache: Cache, limitPerMinute: number): Guesses {
  return {
    async watch(address, nowMs, ask) {
      const second = Math.floor(nowMs / 1000);
      const key = `guesses:${address}:${Math.floor(second / windowSeconds)}`;
      const change = (by: 1 | -1) =>
        cache.redis
          .multi()
          .incrby(key, by)
          .expire(key, windowSeconds)
          .exec()
          .then((replies) => Number(replies?.[0]?.[1]))
          .catch(() => 0);
      if ((await change(1)) > limitPerMinute) {
        const retryAfterSeconds = windowSeconds - (second % windowSeconds);
        throw new AppError('rate_limited', {
          detail: 'too many unknown credentials from this address',
          retryAfterSeconds,
        });
      }
      let refused = false;
      try {
        return await ask();
      } catch (error) {
        refused = error instanceof AppError && error.status === 401;
        throw error;
      } finally {
        if (!refused) await change(-1);
      }
    },
  };
}

import type { Clock } from '@maxai/kernel/clock';

const intervalMs = 10_000;
const dailyMax = 200_000;

/** HighLevel's quota for one location: a burst per 10 s, and a day's total. */
export class BurstLimit {
  readonly #clock: Clock;
  #windowStartMs = 0;
  #inWindow = 0;
  #today = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts one request; the headers HighLevel sends, and whether it is still inside the burst. */
  take(burstMax: number): { allowed: boolean; headers: Record<string, string> } {
    const nowMs = this.#clock.now().getTime();
    if (nowMs - this.#windowStartMs >= intervalMs) {
      this.#windowStartMs = nowMs;
      this.#inWindow = 0;
    }
    this.#inWindow += 1;
    this.#today += 1;
    return {
      allowed: this.#inWindow <= burstMax,
      headers: {
        'x-ratelimit-max': String(burstMax),
        'x-ratelimit-remaining': String(Math.max(0, burstMax - this.#inWindow)),
        'x-ratelimit-interval-milliseconds': String(intervalMs),
        'x-ratelimit-limit-daily': String(dailyMax),
        'x-ratelimit-daily-remaining': String(Math.max(0, dailyMax - this.#today)),
      },
    };
  }
}

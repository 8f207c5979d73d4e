import { setTimeout as wait } from 'node:timers/promises';

/** Waits until the condition holds and returns what it gave; fails with its last answer after the time. */
export async function until<T>(
  condition: () => T | Promise<T>,
  timeoutMs = 5000,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await condition();
    if (answer) return answer;
    if (performance.now() > deadline) {
      throw new Error(`not so within ${timeoutMs} ms; the last answer was ${String(answer)}`);
    }
    await wait(10);
  }
}

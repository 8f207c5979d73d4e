import { setTimeout as wait } from 'node:timers/promises';

export type ApiLoad = {
  readonly stop: () => Promise<{ readonly answered: number; readonly failed: readonly string[] }>;
};

const timeoutMs = 10_000;

/** Asks the public API again and again, each answer checked through the cache, the gateway and iam. */
export function startApiLoad(given: {
  readonly url: string;
  readonly apiKey: string;
  readonly everyMs: number;
}): ApiLoad {
  const stopping = new AbortController();
  const failed: string[] = [];
  let answered = 0;
  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const answer = await fetch(given.url, {
        headers: { authorization: `Bearer ${given.apiKey}` },
        signal: AbortSignal.timeout(timeoutMs),
      }).then(
        async (response) => (response.ok ? '' : `${response.status} ${await response.text()}`),
        (error: unknown) => String(error),
      );
      answered += 1;
      if (answer !== '') failed.push(answer);
      await wait(given.everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
      return { answered, failed };
    },
  };
}

import { ApiProblem, createApiClient } from '@maxai/api-client';
import { setTimeout as wait } from 'node:timers/promises';

export type PromptOrder = {
  readonly origin: string;
  readonly apiKey: string;
  readonly perSecond: number;
  readonly seconds: number;
};

const attemptsMax = 30;
const pauseMs = 1000;
const timeoutMs = 10_000;

/** What no repeat would change. */
function isRefusal(error: unknown): boolean {
  return error instanceof ApiProblem && [400, 401, 403, 404, 422].includes(error.status);
}

/**
 * Creates prompts through the public API at a steady rate, each until it is answered, and returns the promised ids. Throws
 * the refusal when one is refused for good.
 */
export async function writePrompts(order: PromptOrder): Promise<readonly string[]> {
  const api = createApiClient({
    baseUrl: order.origin,
    headers: { authorization: `Bearer ${order.apiKey}` },
    fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(timeoutMs) }),
  });
  const promised: string[] = [];
  const refusals: unknown[] = [];

  async function write(name: string): Promise<void> {
    for (let attempt = 1; attempt <= attemptsMax && refusals.length === 0; attempt += 1) {
      const made = await api
        .call('createPrompt', {
          body: { name, template: 'You answer the phone. Be brief.' },
          idempotencyKey: name,
        })
        .catch((error: unknown) => {
          if (isRefusal(error)) refusals.push(error);
          return undefined;
        });
      if (made !== undefined) {
        promised.push(made.id);
        return;
      }
      await wait(pauseMs);
    }
  }

  const writing: Promise<void>[] = [];
  const total = Math.ceil(order.perSecond * order.seconds);
  while (writing.length < total) {
    writing.push(write(`chaos-${writing.length}`));
    await wait(1000 / order.perSecond);
  }
  await Promise.all(writing);
  if (refusals.length > 0) throw refusals[0];
  return promised;
}

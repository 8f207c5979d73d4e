import { ApiProblem, createApiClient } from '@maxai/api-client';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

export type PromptOrder = {
  readonly origin: string;
  readonly apiKey: string;
  readonly perSecond: number;
  readonly seconds: number;
};

/** A key whose gateway died is taken for one that is under way for a minute. */
const attemptsMax = 90;
const pauseMs = 1000;
const timeoutMs = 10_000;
/** Longer than a write that was sent may still be under way. */
const settledMs = 30_000;

/** What no repeat would change. */
function isRefusal(error: unknown): boolean {
  return error instanceof ApiProblem && [400, 401, 403, 404, 422].includes(error.status);
}

/** Nobody knows whether the first request under this key was done. */
function isUnknown(error: unknown): boolean {
  return error instanceof ApiProblem && error.code === 'conflict';
}

/**
 * Creates prompts through the public API at a steady rate, each until it is answered or found, and returns the promised
 * ids. Throws the refusal when one is refused for good.
 */
export async function writePrompts(order: PromptOrder): Promise<readonly string[]> {
  const api = createApiClient({
    baseUrl: order.origin,
    headers: { authorization: `Bearer ${order.apiKey}` },
    fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(timeoutMs) }),
  });
  const promised: string[] = [];
  const refusals: unknown[] = [];

  async function find(name: string): Promise<string | undefined> {
    let cursor: string | undefined;
    do {
      const query = { limit: 100, ...(cursor !== undefined && { cursor }) };
      const page = await api.call('listPrompts', { query });
      const found = page.items.find((prompt) => prompt.name === name);
      if (found !== undefined) return found.id;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return undefined;
  }

  /** One attempt: the prompt's id, or under which key to go on. */
  async function attempt(name: string, key: string): Promise<{ id: string } | { key: string }> {
    try {
      const body = { name, template: 'You answer the phone. Be brief.' };
      return await api.call('createPrompt', { body, idempotencyKey: key });
    } catch (error) {
      if (isRefusal(error)) refusals.push(error);
      if (!isUnknown(error)) return { key };
    }
    // As the answer says: look for it, and only if it is not there ask again under another key.
    await wait(settledMs);
    try {
      const id = await find(name);
      return id === undefined ? { key: randomUUID() } : { id };
    } catch {
      return { key };
    }
  }

  async function write(name: string): Promise<void> {
    let key = name;
    for (let tried = 0; tried < attemptsMax && refusals.length === 0; tried += 1) {
      const made = await attempt(name, key);
      if ('id' in made) {
        promised.push(made.id);
        return;
      }
      ({ key } = made);
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

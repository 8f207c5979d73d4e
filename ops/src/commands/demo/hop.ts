import { setTimeout } from 'node:timers/promises';

/** One step of an event's way through the platform, by the id it left behind. */
export type Hop = {
  readonly story: string;
  readonly hop: string;
  readonly id: string;
  readonly detail: string;
};

/** A hop that did not come about within its time, or came about wrong. */
export class MissingHop extends Error {
  readonly story: string;
  readonly hop: string;

  constructor(story: string, hop: string, reason: string) {
    super(`${story}: ${hop} is missing: ${reason}`);
    this.name = 'MissingHop';
    this.story = story;
    this.hop = hop;
  }
}

const pollMs = 100;

/** Asks until there is an answer. Throws `MissingHop` when `limitMs` have passed. */
export async function awaitHop<T>(
  at: { readonly story: string; readonly hop: string; readonly limitMs: number },
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = Date.now() + at.limitMs;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (Date.now() > deadline) {
      throw new MissingHop(at.story, at.hop, `nothing within ${at.limitMs / 1000} s`);
    }
    await setTimeout(pollMs);
  }
}

export function formatHop({ story, hop, id, detail }: Hop): string {
  return `ok  ${story.padEnd(24)}${hop.padEnd(26)}${id.padEnd(31)} ${detail}`.trimEnd();
}

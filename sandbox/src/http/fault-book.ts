import { Collection } from '../collection.ts';

export const faultKinds = ['timeout', '500', '429', 'garbage', 'drop'] as const;
export type FaultKind = (typeof faultKinds)[number];

const phonePattern = /\+1555090([1-5])(\d)\d\d/;
const wordPattern = /fault-(timeout|500|429|garbage|drop)(?:-(\d))?(?:-\w+)?/;

function findSentinel(text: string): { kind: FaultKind; times: number; token: string } | undefined {
  const word = wordPattern.exec(text);
  const match = word ?? phonePattern.exec(text);
  if (match === null) return undefined;
  const [token, named = '', times = '0'] = match;
  const kind = faultKinds.find((known, index) => known === named || String(index + 1) === named);
  return kind === undefined ? undefined : { kind, times: Number(times), token };
}

/** Counts how often each sentinel has struck; `times` 0 strikes always. */
export class FaultBook {
  readonly #struck = new Collection<number>();

  next(provider: string, text: string): FaultKind | undefined {
    const sentinel = findSentinel(text);
    if (sentinel === undefined) return undefined;
    const key = `${provider} ${sentinel.token}`;
    const struck = this.#struck.get(key) ?? 0;
    if (sentinel.times > 0 && struck >= sentinel.times) return undefined;
    this.#struck.add(key, struck + 1);
    return sentinel.kind;
  }

  clear(): void {
    this.#struck.clear();
  }
}

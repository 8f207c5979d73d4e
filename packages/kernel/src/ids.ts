import { randomBytes, type RandomBytes } from './random.ts';

/** Every kind of id the platform mints, by the prefix that names it on sight. */
export const idPrefixes = {
  tenant: 'ten',
  client: 'cli',
  agent: 'agt',
  user: 'usr',
  member: 'mem',
  role: 'rol',
  session: 'ses',
  apiKey: 'key',
  connection: 'con',
  flag: 'flg',
  audit: 'aud',
  webhookEvent: 'whe',
  flow: 'flo',
  flowVersion: 'flv',
  event: 'evt',
  execution: 'exe',
  step: 'stp',
  effect: 'eff',
  deadLetter: 'dlq',
  prompt: 'prm',
  promptVersion: 'prv',
  publication: 'pub',
  usageEvent: 'use',
  plan: 'pln',
  subscription: 'sub',
  invoice: 'inv',
  ledgerEntry: 'led',
  correlation: 'cor',
} as const;

export type IdKind = keyof typeof idPrefixes;
export type Id<K extends IdKind> = `${(typeof idPrefixes)[K]}_${string}`;

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const bodyPattern = '[0-9a-hjkmnp-tv-z]{26}';
const body = new RegExp(`^${bodyPattern}$`);
const pairs = Array.from(
  { length: 1024 },
  (_, value) => alphabet.charAt(value >> 5) + alphabet.charAt(value & 31),
);

/** Ten bits a pair of characters. A millisecond time, and 40 random bits, are exact as a `number`. */
function encode(value: number, length: number): string {
  let rest = value;
  let text = '';
  for (let index = 0; index < length; index += 2) {
    text = String(pairs[rest % 1024]) + text;
    rest = Math.floor(rest / 1024);
  }
  return text;
}

function readNumber(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let index = from; index < to; index += 1) value = value * 256 + Number(bytes[index]);
  return value;
}

/**
 * A new id: prefix, `_`, then a lower-case ULID (48-bit millisecond time, 80 random bits),
 * so that ids sort by creation time and index well.
 */
export function newId<K extends IdKind>(
  kind: K,
  source: { nowMs?: number; random?: RandomBytes } = {},
): Id<K> {
  const nowMs = source.nowMs ?? Date.now();
  const entropy = (source.random ?? randomBytes)(10);
  const random = encode(readNumber(entropy, 0, 5), 8) + encode(readNumber(entropy, 5, 10), 8);
  return `${idPrefixes[kind]}_${encode(nowMs, 10)}${random}`;
}

/** The regular expression source an id of this kind matches; used by the contracts' schemas. */
export function idPattern(kind: IdKind): string {
  return `^${idPrefixes[kind]}_${bodyPattern}$`;
}

export function isId<K extends IdKind>(kind: K, value: unknown): value is Id<K> {
  const prefix = `${idPrefixes[kind]}_`;
  return (
    typeof value === 'string' && value.startsWith(prefix) && body.test(value.slice(prefix.length))
  );
}

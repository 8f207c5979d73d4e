import { randomBytes } from 'node:crypto';

const alphabets = {
  hex: '0123456789abcdef',
  alphanumeric: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  base32hex: '0123456789abcdefghijklmnopqrstuv',
} as const;

/** A random id in a provider's own format, for example `providerId('SM', 'hex', 32)`. */
export function providerId(
  prefix: string,
  alphabet: keyof typeof alphabets,
  length: number,
): string {
  const letters = alphabets[alphabet];
  return (
    prefix + Array.from(randomBytes(length), (byte) => letters[byte % letters.length]).join('')
  );
}

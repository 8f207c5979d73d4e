import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Compares in constant time; unequal lengths are simply unequal. */
export function digestsEqual(expected: Buffer, given: Buffer): boolean {
  return expected.length === given.length && timingSafeEqual(expected, given);
}

export function hmac(
  algorithm: 'sha1' | 'sha256',
  secret: string,
  ...parts: readonly (string | Buffer)[]
): Buffer {
  const mac = createHmac(algorithm, secret);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

export function sha256Hex(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

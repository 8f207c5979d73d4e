import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createEnvelope, type Sealed } from './envelope.ts';

const newKey = () => randomBytes(32).toString('base64');
const plaintext = '{"authToken":"plain"}';

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

describe('the envelope', () => {
  const key = newKey();
  const envelope = createEnvelope(key, randomBytes);

  test('opens what it sealed, and seals the same text differently each time', () => {
    const one = envelope.seal(plaintext, 'tenant/row');
    const two = envelope.seal(plaintext, 'tenant/row');
    expect(envelope.open(one, 'tenant/row')).toBe(plaintext);
    expect(two.secrets.equals(one.secrets)).toBe(false);
    expect(two.wrappedKey.equals(one.wrappedKey)).toBe(false);
    expect(Buffer.concat([one.secrets, one.wrappedKey]).includes(plaintext)).toBe(false);
  });

  test.each<[string, (sealed: Sealed) => Sealed]>([
    ['nonce', (sealed) => ({ ...sealed, secrets: flipped(sealed.secrets, 0) })],
    ['tag', (sealed) => ({ ...sealed, secrets: flipped(sealed.secrets, 12) })],
    ['text', (sealed) => ({ ...sealed, secrets: flipped(sealed.secrets, 28) })],
    ['wrapped key', (sealed) => ({ ...sealed, wrappedKey: flipped(sealed.wrappedKey, 40) })],
    ['length', (sealed) => ({ ...sealed, secrets: sealed.secrets.subarray(0, 20) })],
  ])('does not open with an altered %s', (_part, alter) => {
    const sealed = envelope.seal(plaintext, 'tenant/row');
    expect(() => envelope.open(alter(sealed), 'tenant/row')).toThrow('Something went wrong');
  });

  test('does not open as another row or under another key', () => {
    const sealed = envelope.seal(plaintext, 'tenant/row');
    expect(() => envelope.open(sealed, 'tenant/other')).toThrow('Something went wrong');
    const stranger = createEnvelope(newKey(), randomBytes);
    expect(() => stranger.open(sealed, 'tenant/row')).toThrow('Something went wrong');
  });

  test('after a rotation the old key still opens and the new one seals', () => {
    const sealed = envelope.seal(plaintext, 'tenant/row');
    const next = newKey();
    const rotated = createEnvelope(`${next},${key}`, randomBytes);
    expect(rotated.open(sealed, 'tenant/row')).toBe(plaintext);
    const resealed = rotated.seal(plaintext, 'tenant/row');
    expect(resealed.keyId).not.toBe(sealed.keyId);
    expect(createEnvelope(next, randomBytes).open(resealed, 'tenant/row')).toBe(plaintext);
  });
});

import { AppError } from '@maxai/kernel/errors';
import type { RandomBytes } from '@maxai/kernel/random';
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

export type Sealed = {
  /** Which of the platform's keys wraps this row's key. */
  readonly keyId: string;
  readonly wrappedKey: Buffer;
  readonly secrets: Buffer;
};

export type Envelope = {
  /** Encrypts under a new key of its own. `boundTo` must be given again, unchanged, to open it. */
  seal(plaintext: string, boundTo: string): Sealed;
  /** Throws `internal` when the key is gone, or the row was altered or moved. */
  open(sealed: Sealed, boundTo: string): string;
  /** The platform's key that wraps what is sealed now. */
  readonly keyId: string;
  /** The row's key under the platform's first one; what it encrypts stays as it is. Throws `internal` as `open` does. */
  rewrap(sealed: Sealed, boundTo: string): Pick<Sealed, 'keyId' | 'wrappedKey'>;
};

function encrypt(key: Uint8Array, plaintext: Uint8Array, boundTo: string, iv: Uint8Array): Buffer {
  const cipher = createCipheriv(algorithm, key, iv).setAAD(Buffer.from(boundTo));
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

function decrypt(key: Uint8Array, sealed: Buffer, boundTo: string): Buffer {
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, ivBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(boundTo));
  decipher.setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(ivBytes + tagBytes)), decipher.final()]);
}

function keyIdOf(key: Uint8Array): string {
  return createHash('sha256').update('maxai-kek').update(key).digest('hex').slice(0, 16);
}

/**
 * Envelope encryption: every row has its own AES-256-GCM key, wrapped by the first of `keys` (base64, comma
 * separated). The others only open what they once wrapped, so a key is rotated by putting the new one first.
 */
export function createEnvelope(keys: string, random: RandomBytes): Envelope {
  const ring = keys.split(',').map((text) => Buffer.from(text, 'base64'));
  const byId = new Map(ring.map((key) => [keyIdOf(key), key]));
  const [keyId = ''] = byId.keys();
  const keyOf = (id: string): Buffer => {
    const key = byId.get(id);
    if (key === undefined) throw new Error(`no encryption key with id ${id}`);
    return key;
  };
  const rowKeyOf = (sealed: Sealed, boundTo: string): Buffer => {
    try {
      return decrypt(keyOf(sealed.keyId), sealed.wrappedKey, boundTo);
    } catch (cause) {
      throw new AppError('internal', { cause });
    }
  };
  const wrap = (rowKey: Uint8Array, boundTo: string) => ({
    keyId,
    wrappedKey: encrypt(keyOf(keyId), rowKey, boundTo, random(ivBytes)),
  });
  return {
    keyId,
    rewrap: (sealed, boundTo) => wrap(rowKeyOf(sealed, boundTo), boundTo),
    seal(plaintext, boundTo) {
      const rowKey = random(32);
      return {
        ...wrap(rowKey, boundTo),
        secrets: encrypt(rowKey, Buffer.from(plaintext), boundTo, random(ivBytes)),
      };
    },
    open(sealed, boundTo) {
      const rowKey = rowKeyOf(sealed, boundTo);
      try {
        return decrypt(rowKey, sealed.secrets, boundTo).toString();
      } catch (cause) {
        throw new AppError('internal', { cause });
      }
    },
  };
}

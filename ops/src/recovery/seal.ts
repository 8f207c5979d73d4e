import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';

/** Text that only the holder of a private key can read, however it is stored. */
export type Sealed = {
  readonly sealedAt: string;
  /** The sender's share, used once: SPKI, base64. */
  readonly ephemeralKey: string;
  readonly iv: string;
  readonly tag: string;
  readonly text: string;
};

/** SPKI and PKCS 8, base64. */
export type RecoveryKeys = { readonly publicKey: string; readonly privateKey: string };

const algorithm = 'aes-256-gcm';

function publicOf(spki: string): KeyObject {
  return createPublicKey({ key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' });
}

function privateOf(pkcs8: string): KeyObject {
  return createPrivateKey({ key: Buffer.from(pkcs8, 'base64'), format: 'der', type: 'pkcs8' });
}

function spkiOf(key: KeyObject): string {
  return key.export({ format: 'der', type: 'spki' }).toString('base64');
}

export function makeRecoveryKeys(): RecoveryKeys {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  return { publicKey: spkiOf(publicKey), privateKey: pkcs8.toString('base64') };
}

/** One key for one text: both shares are part of what it is derived from. */
function keyFor(privateKey: KeyObject, publicKey: KeyObject, shares: string): Uint8Array {
  const secret = diffieHellman({ privateKey, publicKey });
  return new Uint8Array(hkdfSync('sha256', secret, shares, 'maxai sealed secrets', 32));
}

/** X25519, HKDF-SHA-256, AES-256-GCM: whoever can seal cannot open. */
export function seal(plaintext: string, recipient: string, now: Date): Sealed {
  const ephemeral = generateKeyPairSync('x25519');
  const ephemeralKey = spkiOf(ephemeral.publicKey);
  const key = keyFor(ephemeral.privateKey, publicOf(recipient), `${ephemeralKey}${recipient}`);
  const sealedAt = now.toISOString();
  const iv = randomBytes(12);
  const cipher = createCipheriv(algorithm, key, iv).setAAD(Buffer.from(sealedAt));
  const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  return {
    sealedAt,
    ephemeralKey,
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    text: body.toString('base64'),
  };
}

/** Throws when the copy was altered or sealed for another key. */
export function open(sealed: Sealed, keys: RecoveryKeys): string {
  const { ephemeralKey, sealedAt } = sealed;
  const key = keyFor(
    privateOf(keys.privateKey),
    publicOf(ephemeralKey),
    `${ephemeralKey}${keys.publicKey}`,
  );
  const decipher = createDecipheriv(algorithm, key, Buffer.from(sealed.iv, 'base64'))
    .setAAD(Buffer.from(sealedAt))
    .setAuthTag(Buffer.from(sealed.tag, 'base64'));
  return Buffer.concat([
    decipher.update(Buffer.from(sealed.text, 'base64')),
    decipher.final(),
  ]).toString();
}

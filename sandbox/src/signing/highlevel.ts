import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';

/** Both halves base64 DER: `publicKey` SPKI (the form HighLevel publishes), `privateKey` PKCS 8. */
export type HighLevelKeyPair = { readonly publicKey: string; readonly privateKey: string };

function keyPairOf(privateKey: KeyObject): HighLevelKeyPair {
  return {
    publicKey: createPublicKey(privateKey)
      .export({ format: 'der', type: 'spki' })
      .toString('base64'),
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
  };
}

export function generateHighLevelKeyPair(): HighLevelKeyPair {
  return keyPairOf(generateKeyPairSync('ed25519').privateKey);
}

/** The pair of a private Ed25519 JWK (JSON); throws when it is none. */
export function readHighLevelKeyPair(privateJwk: string): HighLevelKeyPair {
  const key = JSON.parse(privateJwk) as JsonWebKey;
  return keyPairOf(createPrivateKey({ key, format: 'jwk' }));
}

const parsedKeys = new Map<string, KeyObject>();

/** Parsing a key costs more than signing with it, so the few there are are kept. */
function signingKey(privateKey: string): KeyObject {
  let key = parsedKeys.get(privateKey);
  if (key === undefined) {
    key = createPrivateKey({
      key: Buffer.from(privateKey, 'base64'),
      format: 'der',
      type: 'pkcs8',
    });
    if (parsedKeys.size >= 100) parsedKeys.clear();
    parsedKeys.set(privateKey, key);
  }
  return key;
}

/** The `X-GHL-Signature` header: base64 Ed25519 over the raw body. */
export function signHighLevel(input: { rawBody: string; privateKey: string }): {
  'x-ghl-signature': string;
} {
  const key = signingKey(input.privateKey);
  return { 'x-ghl-signature': sign(null, Buffer.from(input.rawBody), key).toString('base64') };
}

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

/** The `X-GHL-Signature` header: base64 Ed25519 over the raw body. */
export function signHighLevel(input: { rawBody: string; privateKey: string }): {
  'x-ghl-signature': string;
} {
  const key = createPrivateKey({
    key: Buffer.from(input.privateKey, 'base64'),
    format: 'der',
    type: 'pkcs8',
  });
  return { 'x-ghl-signature': sign(null, Buffer.from(input.rawBody), key).toString('base64') };
}

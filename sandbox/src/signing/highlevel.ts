import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';

/** Both halves base64 DER: `publicKey` SPKI (the form HighLevel publishes), `privateKey` PKCS 8. */
export type HighLevelKeyPair = { readonly publicKey: string; readonly privateKey: string };

export function generateHighLevelKeyPair(): HighLevelKeyPair {
  const pair = generateKeyPairSync('ed25519');
  return {
    publicKey: pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    privateKey: pair.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
  };
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

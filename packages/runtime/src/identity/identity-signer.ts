import type { Identity } from '@maxai/kernel/access';
import { importJWK, SignJWT, type JWK } from 'jose';

export type IdentitySigner = {
  /** A token for `audience`, good for one minute. */
  sign(identity: Identity, audience: string): Promise<string>;
};

const reuseMs = 20_000;
const cacheMax = 5_000;

/**
 * Signs as `caller` with its own Ed25519 key (a private JWK as JSON). The same identity and audience
 * get the same token for 20 s, so a busy caller signs once instead of once a request.
 */
export async function createIdentitySigner(options: {
  caller: string;
  privateJwk: string;
  nowMs?: () => number;
}): Promise<IdentitySigner> {
  const nowMs = options.nowMs ?? Date.now;
  const key = await importJWK(JSON.parse(options.privateJwk) as JWK, 'EdDSA');
  const issued = new Map<string, { token: string; atMs: number }>();
  return {
    async sign(identity, audience) {
      const cacheKey = `${audience} ${JSON.stringify(identity)}`;
      const known = issued.get(cacheKey);
      if (known && nowMs() - known.atMs < reuseMs) return known.token;
      const issuedAt = Math.floor(nowMs() / 1000);
      const token = await new SignJWT({ identity })
        .setProtectedHeader({ alg: 'EdDSA', kid: options.caller })
        .setIssuer(options.caller)
        .setAudience(audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + 60)
        .sign(key);
      if (issued.size >= cacheMax) issued.clear();
      issued.set(cacheKey, { token, atMs: nowMs() });
      return token;
    },
  };
}

import { IdentityWire } from '@maxai/contracts/http/iam';
import type { Identity } from '@maxai/kernel/access';
import { AppError } from '@maxai/kernel/errors';
import {
  createLocalJWKSet,
  errors,
  jwtVerify,
  type JSONWebKeySet,
  type JWTVerifyOptions,
  type JWTVerifyResult,
} from 'jose';
import { Compile } from 'typebox/compile';

export const identityHeader = 'x-maxai-identity';

export type VerifiedCaller = { readonly caller: string; readonly identity: Identity };
export type IdentityVerifier = { verify(token: string): Promise<VerifiedCaller> };

const identityShape = Compile(IdentityWire);
const reuseMs = 5_000;
const cacheMax = 5_000;

/** While a caller's key is rotated it has two under its name; the one that fits is found by trying. */
async function verifyWithAny(
  token: string,
  keys: ReturnType<typeof createLocalJWKSet>,
  options: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(token, keys, options);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    let refusal: unknown = error;
    for await (const key of error) {
      try {
        return await jwtVerify(token, key, options);
      } catch (mismatch) {
        refusal = mismatch;
      }
    }
    throw refusal;
  }
}

/**
 * Accepts tokens for `service` signed by a caller whose public key is in `publicJwks` (JSON, `kid` is the
 * caller's name; a caller may have several). Throws `token_invalid` for anything else; the reason stays private.
 */
export function createIdentityVerifier(options: {
  service: string;
  publicJwks: string;
  nowMs?: () => number;
}): IdentityVerifier {
  const nowMs = options.nowMs ?? Date.now;
  const keys = createLocalJWKSet(JSON.parse(options.publicJwks) as JSONWebKeySet);
  const verified = new Map<string, VerifiedCaller & { untilMs: number }>();
  return {
    async verify(token) {
      const known = verified.get(token);
      if (known && nowMs() < known.untilMs) return known;
      try {
        const { payload, protectedHeader } = await verifyWithAny(token, keys, {
          audience: options.service,
          algorithms: ['EdDSA'],
          requiredClaims: ['iss', 'exp'],
          currentDate: new Date(nowMs()),
        });
        const { iss, identity } = payload;
        if (iss === undefined || iss !== protectedHeader.kid)
          throw new Error('issuer is not the key’s owner');
        if (!identityShape.Check(identity)) throw new Error('identity claim has another shape');
        const caller: VerifiedCaller = { caller: iss, identity };
        if (verified.size >= cacheMax) verified.clear();
        const expiresMs = (payload.exp ?? 0) * 1000;
        verified.set(token, { ...caller, untilMs: Math.min(nowMs() + reuseMs, expiresMs) });
        return caller;
      } catch (cause) {
        throw new AppError('token_invalid', { cause });
      }
    },
  };
}

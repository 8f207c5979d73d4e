import { resolvePrincipal, type Principal } from '@maxai/contracts/http/iam';
import type { Audience } from '@maxai/contracts/operation';
import { holdsAnywhere, serviceIdentity, type Identity } from '@maxai/kernel/access';
import { AppError } from '@maxai/kernel/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { createAdmission, windowSeconds, type Admission, type Quota } from './admission.ts';
import { readCredential, type Credential } from './credential.ts';

export type Caller = { readonly identity: Identity; readonly credential: Credential | undefined };

const anonymous: Identity = { ...serviceIdentity('api-gateway', null), grants: [] };

/** The gateway asks iam in its own name; it holds no permission of its own. */
async function askIam(ctx: Context, credential: Credential): Promise<Principal> {
  try {
    return await ctx.iam.call(resolvePrincipal, {
      identity: anonymous,
      body: { kind: credential.kind, secretHash: credential.secretHash },
    });
  } catch (error) {
    if (!(error instanceof AppError && error.status < 500)) throw error;
    throw new AppError(credential.kind === 'session' ? 'session_expired' : 'api_key_invalid');
  }
}

function stillValid(ctx: Context, principal: Principal): boolean {
  return (
    principal.expiresAt === null || Date.parse(principal.expiresAt) > ctx.clock.now().getTime()
  );
}

function showQuota(reply: FastifyReply, quota: Quota): void {
  const left = Math.max(quota.remaining, 0);
  void reply.header('ratelimit-policy', `"default";q=${quota.limit};w=${windowSeconds}`);
  void reply.header('ratelimit', `"default";r=${left};t=${quota.resetSeconds}`);
  if (quota.remaining < 0) {
    throw new AppError('rate_limited', { retryAfterSeconds: quota.resetSeconds });
  }
}

export function checkAudience(
  audience: Audience,
  identity: Identity,
  credential: Credential | undefined,
): void {
  if (audience === 'anyone') return;
  if (credential === undefined) throw new AppError('unauthenticated');
  if (audience === 'authenticated' || audience === 'service') return;
  if (!holdsAnywhere(identity, audience)) {
    throw new AppError('forbidden', { detail: `needs ${audience}` });
  }
}

/**
 * Who is calling. A session or key seen before costs one round trip to the cache, which also counts the
 * request; one not seen before is asked of iam. While the cache is away iam is asked every time and
 * nothing is counted.
 */
export function createAuthenticator(ctx: Context) {
  const admit = createAdmission(ctx.cache, ctx.config.rateLimitPerMinute);

  async function admitted(subject: string): Promise<Admission | undefined> {
    try {
      return await admit(subject, ctx.clock.now().getTime());
    } catch (error) {
      ctx.logger.warn({ err: error }, 'Cache away: requests are not counted');
      return undefined;
    }
  }

  return async (
    request: FastifyRequest,
    reply: FastifyReply,
    audience: Audience,
  ): Promise<Caller> => {
    const credential = readCredential(request.headers.authorization, request.cookies);
    const admission = await admitted(credential?.secretHash ?? request.ip);
    if (admission) showQuota(reply, admission.quota);
    if (!credential) {
      checkAudience(audience, anonymous, undefined);
      return { identity: anonymous, credential };
    }
    const principal = admission?.principal ?? (await askIam(ctx, credential));
    if (!stillValid(ctx, principal)) {
      throw new AppError(credential.kind === 'session' ? 'session_expired' : 'api_key_invalid');
    }
    checkAudience(audience, principal.identity, credential);
    return { identity: principal.identity, credential };
  };
}

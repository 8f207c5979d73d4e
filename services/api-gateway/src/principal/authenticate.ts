import { resolvePrincipal, type Principal } from '@maxai/contracts/http/iam';
import type { Audience } from '@maxai/contracts/operation';
import {
  holdsAnywhere,
  serviceIdentity,
  type Identity,
  type Permission,
} from '@maxai/kernel/access';
import { AppError } from '@maxai/kernel/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { createAdmission, windowSeconds, type Admission, type Quota } from './admission.ts';
import { createGuesses } from './guesses.ts';
import { readCredential, type Credential } from './credential.ts';

export type Caller = { readonly identity: Identity; readonly credential: Credential | undefined };

const anonymous: Identity = { ...serviceIdentity('api-gateway', null), grants: [] };

/** The gateway asks iam in its own name; iam's refusal says what is wrong with the credential. */
function askIam(ctx: Context, credential: Credential): Promise<Principal> {
  return ctx.iam.call(resolvePrincipal, {
    identity: anonymous,
    body: { kind: credential.kind, secretHash: credential.secretHash },
  });
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

function checkAudience(audience: Audience, identity: Identity): void {
  if (audience === 'authenticated') return;
  // A permission is left: `anyone` is answered before, `service` has no route here and nobody holds it.
  if (!holdsAnywhere(identity, audience as Permission)) {
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
  const guesses = createGuesses(ctx.cache, ctx.config.unknownCredentialsPerMinute);

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
    // A session that ended must not stand in the way of what is open to anyone, signing in above all.
    const credential =
      audience === 'anyone'
        ? undefined
        : readCredential(request.headers.authorization, request.cookies);
    const admission = await admitted(credential?.secretHash ?? request.ip);
    if (admission) showQuota(reply, admission.quota);
    if (audience === 'anyone') return { identity: anonymous, credential };
    if (!credential) throw new AppError('unauthenticated');
    const principal =
      admission?.principal ??
      (await guesses.watch(request.ip, ctx.clock.now().getTime(), () => askIam(ctx, credential)));
    if (!stillValid(ctx, principal)) {
      throw new AppError(credential.kind === 'session' ? 'session_expired' : 'api_key_invalid');
    }
    checkAudience(audience, principal.identity);
    return { identity: principal.identity, credential };
  };
}

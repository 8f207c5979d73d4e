import type { Context } from '../context.ts';
import { hashSecret, newSecretToken } from '../secret-token.ts';
import { safeReturnTo } from './login-rules.ts';

/** What is kept in the cache between leaving for the identity provider and coming back. */
export type PendingLogin = {
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
};

export const loginTtlSeconds = 600;

export function pendingLoginKey(state: string): string {
  return `login:${hashSecret(state)}`;
}

/** `state` goes into a cookie as well: only the browser that started a login can finish it. */
export async function startLogin(
  ctx: Context,
  input: { returnTo: string },
): Promise<{ location: string; state: string }> {
  const state = newSecretToken(ctx.random);
  const pending: PendingLogin = {
    nonce: newSecretToken(ctx.random),
    verifier: newSecretToken(ctx.random),
    returnTo: safeReturnTo(input.returnTo, ctx.config.publicUrl),
  };
  const location = await ctx.identityProvider.authorizationUrl({ ...pending, state });
  await ctx.cache.set(pendingLoginKey(state), pending, loginTtlSeconds);
  return { location, state };
}

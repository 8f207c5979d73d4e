import type { Context } from '../context.ts';
import { normaliseEmail } from '../member/member-rules.ts';
import { bindUser } from '../member/member-store.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { platformTenantId } from '../platform-tenant.ts';
import { resolvePrincipal } from '../principal/resolve-principal.ts';
import { hashSecret, newSecretToken } from '../secret-token.ts';
import type { Person } from './identity-provider.ts';
import { signInPage, type LoginFailure } from './login-rules.ts';
import { findSignIn, insertSession } from './session-store.ts';
import { pendingLoginKey, type PendingLogin } from './start-login.ts';

export type LoginOutcome = { readonly location: string; readonly sessionToken?: string };

const userAgentLengthMax = 300;

async function openSession(
  ctx: Context,
  person: Person,
  userAgent: string,
): Promise<string | undefined> {
  const email = normaliseEmail(person.email);
  const found = await ctx.database.platform((tx) => findSignIn(tx, { ...person, email }));
  if (found === undefined) return undefined;
  const { tenant_id: tenantId, user_id: userId } = found;
  const token = newSecretToken(ctx.random);
  const now = ctx.clock.now();
  const row = {
    id: ctx.mintId('session'),
    tenant_id: tenantId,
    user_id: userId,
    token_hash: hashSecret(token),
    user_agent: userAgent.slice(0, userAgentLengthMax),
    created_at: now,
    expires_at: new Date(now.getTime() + ctx.config.sessionTtlSeconds * 1000),
    revoked_at: null,
  };
  await ctx.database.tenant(tenantId, async (tx) => {
    await bindUser(tx, userId, person);
    await insertSession(tx, row);
    await recordAudit(ctx, tx, {
      tenantId,
      identity: {
        actor: { kind: 'user', id: userId },
        tenantId: tenantId === platformTenantId ? null : tenantId,
        grants: [],
      },
      action: 'finish-login',
      resource: row.id,
      detail: { issuer: person.issuer },
    });
  });
  await resolvePrincipal(ctx, { kind: 'session', secretHash: row.token_hash });
  return token;
}

/** Redeems the code and opens a session. Whatever is wrong ends on the sign-in page with a reason. */
export async function finishLogin(
  ctx: Context,
  input: {
    query: Readonly<Record<string, string>>;
    state: string | undefined;
    userAgent: string;
  },
): Promise<LoginOutcome> {
  const fail = (failure: LoginFailure): LoginOutcome => ({ location: signInPage(failure) });
  const state = input.state ?? '';
  const pending = await ctx.cache.take<PendingLogin>(pendingLoginKey(state));
  if (pending === undefined) return fail('login_expired');
  let person: Person;
  try {
    person = await ctx.identityProvider.redeem(input.query, { ...pending, state });
  } catch (error) {
    ctx.logger.warn({ err: error }, 'A sign-in was refused');
    return fail('login_failed');
  }
  if (!person.emailVerified) return fail('email_not_verified');
  const sessionToken = await openSession(ctx, person, input.userAgent);
  if (sessionToken === undefined) return fail('no_access');
  return { location: pending.returnTo, sessionToken };
}

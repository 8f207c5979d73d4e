import type { getCurrentSession as operation } from '@maxai/contracts/http/iam';
import type { ResultOf } from '@maxai/contracts/operation';
import type { Identity } from '@maxai/kernel/access';
import { AppError } from '@maxai/kernel/errors';
import type { Transaction } from 'kysely';
import { findApiKey } from '../api-key/api-key-store.ts';
import type { Context } from '../context.ts';
import type { DB } from '../generated/database.ts';
import { findUser } from '../member/member-store.ts';
import { homeTenant } from '../platform-tenant.ts';
import { hashSecret } from '../secret-token.ts';
import { findTenant } from '../tenant/tenant-store.ts';
import { findLiveSession } from './session-store.ts';

type CurrentSession = ResultOf<typeof operation>;
type Holder = { name: string; email: string | null; expiresAt: Date | null };

async function findPerson(
  tx: Transaction<DB>,
  userId: string,
  sessionToken: string,
  now: Date,
): Promise<Holder | undefined> {
  const session = await findLiveSession(tx, hashSecret(sessionToken), now);
  const user = await findUser(tx, userId);
  if (user === undefined || session?.user_id !== userId) return undefined;
  return { name: user.name, email: user.email, expiresAt: session.expires_at };
}

async function findKey(tx: Transaction<DB>, apiKeyId: string): Promise<Holder | undefined> {
  const key = await findApiKey(tx, apiKeyId);
  return key && { name: key.name, email: null, expiresAt: key.expires_at };
}

export async function getCurrentSession(
  ctx: Context,
  input: { identity: Identity; sessionToken: string },
): Promise<CurrentSession> {
  const { actor, tenantId, grants } = input.identity;
  return ctx.database.tenant(homeTenant(input.identity), async (tx) => {
    const holder =
      actor.kind === 'user'
        ? await findPerson(tx, actor.id, input.sessionToken, ctx.clock.now())
        : await findKey(tx, actor.id);
    if (holder === undefined) throw new AppError('session_expired');
    const tenant = tenantId === null ? null : await findTenant(tx);
    return {
      actor: { ...actor, name: holder.name, email: holder.email },
      tenant,
      grants: grants.map(({ scope, permissions }) => ({ scope, permissions: [...permissions] })),
      expiresAt: holder.expiresAt?.toISOString() ?? null,
    };
  });
}

import type { Member, listMembers as operation } from '@maxai/contracts/http/iam';
import type { ResultOf } from '@maxai/contracts/operation';
import { requireTenant, visibleClients, type Identity } from '@maxai/kernel/access';
import type { Static } from 'typebox';
import { listScope, pageOf, type Paging } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { scopeOf } from '../principal/principal-rules.ts';
import { selectMembers, type MemberWithPerson } from './member-store.ts';

export function toMember(row: MemberWithPerson): Static<typeof Member> {
  return {
    id: row.id,
    userId: row.user_id,
    email: row.email,
    name: row.name,
    role: row.role,
    scope: scopeOf(row.client_id, false),
  };
}

export async function listMembers(
  ctx: Context,
  input: { identity: Identity; page: Paging },
): Promise<ResultOf<typeof operation>> {
  const tenantId = requireTenant(input.identity);
  const scope = listScope(visibleClients(input.identity, 'member:read'), input.page);
  const rows = await ctx.database.read(tenantId, (tx) => selectMembers(tx, scope));
  return pageOf(rows, scope, toMember);
}

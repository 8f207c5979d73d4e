import * as operations from '@maxai/contracts/http/iam';
import { implement, type App } from '@maxai/runtime/http';
import { createApiKey } from '../api-key/create-api-key.ts';
import { listApiKeys } from '../api-key/list-api-keys.ts';
import { revokeApiKey } from '../api-key/revoke-api-key.ts';
import type { Context } from '../context.ts';
import { addMember } from '../member/add-member.ts';
import { listMembers } from '../member/list-members.ts';
import { removeMember } from '../member/remove-member.ts';

export function registerPeople(app: App, ctx: Context): void {
  implement(app, operations.listMembers, ({ identity, query }) =>
    listMembers(ctx, { identity, page: query }),
  );
  implement(app, operations.addMember, ({ identity, body }) =>
    addMember(ctx, { identity, ...body, clientId: body.clientId ?? null }),
  );
  implement(app, operations.removeMember, async ({ identity, params }) => {
    await removeMember(ctx, { identity, ...params });
    return {};
  });
  implement(app, operations.listApiKeys, ({ identity, query }) =>
    listApiKeys(ctx, { identity, page: query }),
  );
  implement(app, operations.createApiKey, ({ identity, body }) =>
    createApiKey(ctx, {
      identity,
      ...body,
      clientId: body.clientId ?? null,
      expiresAt: body.expiresAt ?? null,
    }),
  );
  implement(app, operations.revokeApiKey, async ({ identity, params }) => {
    await revokeApiKey(ctx, { identity, ...params });
    return {};
  });
}

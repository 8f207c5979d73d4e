import * as operations from '@maxai/contracts/http/iam';
import { implement, type App } from '@maxai/runtime/http';
import { listAuditEvents } from '../audit/list-audit-events.ts';
import type { Context } from '../context.ts';
import { listFlags } from '../flag/list-flags.ts';
import { setFlag } from '../flag/set-flag.ts';
import { resolvePrincipal } from '../principal/resolve-principal.ts';
import { createTenant } from '../tenant/create-tenant.ts';
import { listTenants } from '../tenant/list-tenants.ts';

export function registerPlatform(app: App, ctx: Context): void {
  implement(app, operations.listAuditEvents, ({ identity, query }) =>
    listAuditEvents(ctx, { identity, page: query }),
  );
  implement(app, operations.listFlags, ({ identity }) => listFlags(ctx, { identity }));
  implement(app, operations.setFlag, ({ identity, params, body }) =>
    setFlag(ctx, { identity, ...params, ...body }),
  );
  implement(app, operations.listTenants, ({ identity, query }) =>
    listTenants(ctx, { identity, page: query }),
  );
  implement(app, operations.resolvePrincipal, ({ body }) => resolvePrincipal(ctx, body));
  implement(app, operations.createTenant, ({ identity, body }) =>
    createTenant(ctx, { identity, ...body }),
  );
}

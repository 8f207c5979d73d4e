import * as operations from '@maxai/contracts/http/iam';
import { implement, type App } from '@maxai/runtime/http';
import { createConnection } from '../connection/create-connection.ts';
import { disableConnection } from '../connection/disable-connection.ts';
import { getConnectionSecrets } from '../connection/get-connection-secrets.ts';
import { listClientConnections } from '../connection/list-client-connections.ts';
import { listConnections } from '../connection/list-connections.ts';
import { rotateConnectionSecrets } from '../connection/rotate-connection-secrets.ts';
import type { Context } from '../context.ts';

export function registerConnections(app: App, ctx: Context): void {
  implement(app, operations.listConnections, ({ identity, query }) =>
    listConnections(ctx, { identity, page: query, tenantWide: query.tenantWide ?? false }),
  );
  implement(app, operations.createConnection, ({ identity, body }) => {
    const { credentials, webhookSecrets, clientId = null, ...rest } = body;
    const secrets = { credentials, webhookSecrets };
    return createConnection(ctx, { identity, ...rest, clientId, secrets });
  });
  implement(app, operations.rotateConnectionSecrets, async ({ identity, params, body }) => {
    await rotateConnectionSecrets(ctx, { identity, ...params, ...body });
    return {};
  });
  implement(app, operations.disableConnection, async ({ identity, params }) => {
    await disableConnection(ctx, { identity, ...params });
    return {};
  });
  implement(app, operations.getConnectionSecrets, ({ identity, params }) =>
    getConnectionSecrets(ctx, { identity, ...params }),
  );
  implement(app, operations.listClientConnections, ({ identity, params }) =>
    listClientConnections(ctx, { identity, ...params }),
  );
}

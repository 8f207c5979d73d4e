import * as operations from '@maxai/contracts/http/iam';
import { implement, type App } from '@maxai/runtime/http';
import { createAgent } from '../agent/create-agent.ts';
import { listAgents } from '../agent/list-agents.ts';
import { createClient } from '../client/create-client.ts';
import { getClient } from '../client/get-client.ts';
import { listClients } from '../client/list-clients.ts';
import type { Context } from '../context.ts';

export function registerClients(app: App, ctx: Context): void {
  implement(app, operations.listClients, ({ identity, query }) =>
    listClients(ctx, { identity, page: query }),
  );
  implement(app, operations.createClient, ({ identity, body }) =>
    createClient(ctx, { identity, name: body.name, timeZone: body.timeZone ?? 'UTC' }),
  );
  implement(app, operations.getClient, ({ identity, params }) =>
    getClient(ctx, { identity, ...params }),
  );
  implement(app, operations.listAgents, ({ identity, query }) =>
    listAgents(ctx, { identity, page: query }),
  );
  implement(app, operations.createAgent, ({ identity, body }) =>
    createAgent(ctx, { identity, ...body, externalId: body.externalId ?? null }),
  );
}

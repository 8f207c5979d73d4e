import * as contract from '@maxai/contracts/http/orchestrator';
import { implement, type App } from '@maxai/runtime/http';
import type { Context } from '../context.ts';
import { createFlow } from '../flow/create-flow.ts';
import { getFlow, listFlows } from '../flow/read-flows.ts';
import { setFlowStatus } from '../flow/set-flow-status.ts';

export function registerFlows(app: App, ctx: Context): void {
  implement(app, contract.listFlows, ({ identity, query }) =>
    listFlows(ctx, { identity, ...query }),
  );
  implement(app, contract.createFlow, ({ identity, body }) =>
    createFlow(ctx, { identity, ...body }),
  );
  implement(app, contract.getFlow, ({ identity, params }) => getFlow(ctx, { identity, ...params }));
  implement(app, contract.setFlowStatus, ({ identity, params, body }) =>
    setFlowStatus(ctx, { identity, ...params, ...body }),
  );
}

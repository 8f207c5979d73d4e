import * as contract from '@maxai/contracts/http/webhook-ingress';
import { implement, type App } from '@maxai/runtime/http';
import type { Context } from '../context.ts';
import { fetchStoredDeliveries, getDelivery, listDeliveries } from '../delivery/read-deliveries.ts';
import { replayDelivery } from '../delivery/replay-delivery.ts';
import { settleDeliveries } from '../delivery/settle-deliveries.ts';

export function registerDeliveries(app: App, ctx: Context): void {
  implement(app, contract.listWebhookEvents, ({ identity, query }) =>
    listDeliveries(ctx, { identity, ...query }),
  );
  implement(app, contract.getWebhookEvent, ({ identity, params }) =>
    getDelivery(ctx, { identity, id: params.webhookEventId }),
  );
  implement(app, contract.replayWebhookEvent, ({ identity, params }) =>
    replayDelivery(ctx, { identity, id: params.webhookEventId }),
  );
  implement(app, contract.fetchDeliveries, ({ body }) => fetchStoredDeliveries(ctx, body.ids));
  implement(app, contract.settleDeliveries, ({ body }) => settleDeliveries(ctx, body.ids));
}

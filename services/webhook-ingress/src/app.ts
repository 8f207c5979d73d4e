import { createApp, type App } from '@maxai/runtime/http';
import type { Context } from './context.ts';
import { registerDeliveries } from './http/deliveries.ts';
import { registerReceive } from './http/receive.ts';

export async function createIngressApp(ctx: Context): Promise<App> {
  const app = await createApp({
    service: 'webhook-ingress',
    version: ctx.config.version,
    logger: ctx.logger,
    metrics: ctx.metrics,
    identity: ctx.identity,
    bodyLimitBytes: ctx.config.bodyLimitBytes,
    // Not the queue: without it deliveries are still stored, acknowledged and queued by the sweeper.
    health: { database: () => ctx.db.ping() },
  });
  registerReceive(app, ctx);
  registerDeliveries(app, ctx);
  return app;
}

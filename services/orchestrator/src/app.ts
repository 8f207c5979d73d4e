import { createApp, type App } from '@maxai/runtime/http';
import type { ServiceContext, WorkerContext } from './context.ts';
import { registerFlows } from './http/flows.ts';
import { registerRuns } from './http/runs.ts';
import { reportQueues } from './queue/queue-depths.ts';

export async function createOrchestratorApp(ctx: ServiceContext): Promise<App> {
  const app = await createApp({
    service: 'orchestrator',
    version: ctx.config.version,
    logger: ctx.logger,
    metrics: ctx.metrics,
    identity: ctx.identity,
    health: { database: () => ctx.db.ping(), queue: () => ctx.queue.ping() },
  });
  reportQueues(ctx);
  registerFlows(app, ctx);
  registerRuns(app, ctx);
  return app;
}

/** The worker answers `/health`, `/livez` and `/metrics` only. */
export async function createWorkerApp(ctx: WorkerContext): Promise<App> {
  return createApp({
    service: 'orchestrator-worker',
    version: ctx.config.version,
    logger: ctx.logger,
    metrics: ctx.metrics,
    health: {
      database: () => ctx.db.ping(),
      queue: () => ctx.queue.ping(),
      cache: () => ctx.cache.ping(),
    },
  });
}

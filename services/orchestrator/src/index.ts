import { listen } from '@maxai/runtime/http';
import type { RunningProcess } from '@maxai/runtime/lifecycle';
import { createOrchestratorApp, createWorkerApp } from './app.ts';
import type { OrchestratorConfig, OrchestratorWorkerConfig } from './config.ts';
import { createServiceContext, createWorkerContext, type Overrides } from './context.ts';
import { executeFlows, sweepExecutions } from './jobs/execute-flows.ts';
import { consumeDeliveries } from './jobs/process-deliveries.ts';

export {
  readConfig,
  readWorkerConfig,
  type OrchestratorConfig,
  type OrchestratorWorkerConfig,
} from './config.ts';
export type { Overrides } from './context.ts';

type Listening = RunningProcess & { readonly url: string };

/** The HTTP service, listening; `url` is where it is reached. */
export async function createOrchestrator(
  config: OrchestratorConfig,
  overrides: Overrides = {},
): Promise<Listening> {
  const ctx = await createServiceContext(config, overrides);
  const app = await createOrchestratorApp(ctx);
  const url = await listen(app, config);
  return {
    url,
    beginDrain: () => app.beginDrain(),
    async close() {
      await app.close();
      await ctx.close();
    },
  };
}

/** The worker: takes deliveries over, runs flows, sweeps up what was lost. */
export async function createOrchestratorWorker(
  config: OrchestratorWorkerConfig,
  overrides: Overrides = {},
): Promise<Listening> {
  const ctx = await createWorkerContext(config, overrides);
  const app = await createWorkerApp(ctx);
  const url = await listen(app, config);
  const deliveries = consumeDeliveries(ctx);
  const executions = executeFlows(ctx);
  const sweeper = sweepExecutions(ctx);
  return {
    url,
    beginDrain: () => app.beginDrain(),
    async close() {
      await sweeper.stop();
      // Both stop taking jobs at once; those under way may take as long as they need.
      await Promise.all([deliveries.close(), executions.close()]);
      await app.close();
      await ctx.close();
    },
  };
}

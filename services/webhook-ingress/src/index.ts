import { listen } from '@maxai/runtime/http';
import type { RunningProcess } from '@maxai/runtime/lifecycle';
import { createIngressApp } from './app.ts';
import type { WebhookIngressConfig } from './config.ts';
import { createContext, type Overrides } from './context.ts';
import { startSweeper } from './delivery/sweep-deliveries.ts';

export { readConfig, type WebhookIngressConfig } from './config.ts';

/** The whole service, listening; `url` is where it is reached. */
export async function createWebhookIngress(
  config: WebhookIngressConfig,
  overrides: Overrides = {},
): Promise<RunningProcess & { url: string }> {
  const ctx = await createContext(config, overrides);
  const app = await createIngressApp(ctx);
  const url = await listen(app, config);
  const sweeper = startSweeper(ctx);
  return {
    url,
    beginDrain: () => app.beginDrain(),
    async close() {
      await app.close();
      await sweeper.stop();
      await ctx.close();
    },
  };
}

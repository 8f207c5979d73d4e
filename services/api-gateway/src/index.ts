import { listen } from '@maxai/runtime/http';
import type { RunningProcess } from '@maxai/runtime/lifecycle';
import { createGatewayApp } from './app.ts';
import type { ApiGatewayConfig } from './config.ts';
import { createContext, type Overrides } from './context.ts';

export { readConfig, type ApiGatewayConfig } from './config.ts';
export { publicDocument } from './openapi/public-document.ts';

/** The whole gateway, listening; `url` is where it is reached. */
export async function createApiGateway(
  config: ApiGatewayConfig,
  overrides: Overrides = {},
): Promise<RunningProcess & { url: string }> {
  const ctx = await createContext(config, overrides);
  const app = await createGatewayApp(ctx);
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

import { listen, type App } from '@maxai/runtime/http';
import type { RunningProcess } from '@maxai/runtime/lifecycle';
import { createIamApp } from './app.ts';
import type { IamConfig } from './config.ts';
import { createContext, type Overrides } from './context.ts';

export { readConfig, type IamConfig } from './config.ts';

/** The whole service, listening; `url` is where it is reached. */
export async function createIam(
  config: IamConfig,
  overrides: Overrides = {},
): Promise<RunningProcess & { app: App; url: string }> {
  const ctx = createContext(config, overrides);
  const app = await createIamApp(ctx);
  const url = await listen(app, config);
  return {
    app,
    url,
    beginDrain: () => app.beginDrain(),
    async close() {
      await app.close();
      await ctx.close();
    },
  };
}

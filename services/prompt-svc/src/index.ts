import { createApp, listen } from '@maxai/runtime/http';
import { createIdentityVerifier } from '@maxai/runtime/identity';
import type { RunningProcess } from '@maxai/runtime/lifecycle';
import type { PromptSvcConfig } from './config.ts';
import { createContext, service, type Overrides } from './context.ts';
import { registerPrompts } from './http/prompts.ts';

export { readConfig, type PromptSvcConfig } from './config.ts';

/** The whole service, listening; `url` is where it is reached. */
export async function createPromptSvc(
  config: PromptSvcConfig,
  overrides: Overrides = {},
): Promise<RunningProcess & { url: string }> {
  const ctx = await createContext(config, overrides);
  const app = await createApp({
    service,
    version: config.version,
    logger: ctx.logger,
    metrics: ctx.metrics,
    identity: createIdentityVerifier({ service, publicJwks: config.identityPublicJwks }),
    health: { database: () => ctx.db.ping() },
  });
  registerPrompts(app, ctx);
  const url = await listen(app, config);
  return {
    url,
    beginDrain: () => app.beginDrain(),
    async close() {
      await app.close();
      await ctx.iam.close();
      await ctx.db.close();
    },
  };
}

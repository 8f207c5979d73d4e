import { createApp, type App } from '@maxai/runtime/http';
import { createIdentityVerifier } from '@maxai/runtime/identity';
import type { Context } from './context.ts';
import { registerAuthentication } from './http/authentication.ts';
import { registerClients } from './http/clients.ts';
import { registerConnections } from './http/connections.ts';
import { registerPeople } from './http/people.ts';
import { registerPlatform } from './http/platform.ts';
import { reportActive } from './tenant/report-active.ts';

export async function createIamApp(ctx: Context): Promise<App> {
  const app = await createApp({
    service: 'iam',
    version: ctx.config.version,
    logger: ctx.logger,
    metrics: ctx.metrics,
    identity: createIdentityVerifier({
      service: 'iam',
      publicJwks: ctx.config.identityPublicJwks,
    }),
    health: { database: () => ctx.database.ping(), cache: () => ctx.cache.ping() },
  });
  reportActive(ctx);
  registerAuthentication(app, ctx);
  registerClients(app, ctx);
  registerPeople(app, ctx);
  registerConnections(app, ctx);
  registerPlatform(app, ctx);
  return app;
}

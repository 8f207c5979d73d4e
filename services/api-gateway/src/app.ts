import cookie from '@fastify/cookie';
import cors from '@fastify/cors';
import { createApp, type App } from '@maxai/runtime/http';
import { trustedOrigins } from './config.ts';
import type { Context } from './context.ts';
import { registerDocumentation } from './http/documentation.ts';
import { createGuard, registerOperations } from './http/operations.ts';
import { registerPlatformHealth } from './http/platform-health.ts';

export async function createGatewayApp(ctx: Context): Promise<App> {
  const app = await createApp({
    service: 'api-gateway',
    version: ctx.config.version,
    logger: ctx.logger,
    metrics: ctx.metrics,
    bodyLimitBytes: ctx.config.bodyLimitBytes,
    trustedProxies: ctx.config.trustedProxies,
    health: { cache: () => ctx.cache.ping(), iam: () => ctx.iam.ping() },
  });
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.headers({
      'x-content-type-options': 'nosniff',
      // Browsers take it from TLS only.
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
    });
    done();
  });
  // Operations take JSON; Fastify reads text/plain as well unless told otherwise.
  app.removeContentTypeParser('text/plain');
  await app.register(cookie);
  await app.register(cors, {
    origin: [...trustedOrigins(ctx.config)],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: ['x-correlation-id', 'ratelimit', 'ratelimit-policy', 'retry-after'],
    credentials: true,
    maxAge: 600,
  });
  const guard = createGuard(app, ctx);
  registerOperations(app, ctx, guard);
  registerPlatformHealth(app, ctx, guard);
  await registerDocumentation(app, ctx);
  return app;
}

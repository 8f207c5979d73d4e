import { createApp, type App } from '@maxai/runtime/http';
import type { Logger, Metrics } from '@maxai/runtime/telemetry';
import type { FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { EdgeConfig } from './config.ts';
import { isSmall, readBody } from './small-bodies.ts';
import { createSplitProxy, followSplits } from './split-proxy.ts';

/** The load balancer's stand-in: sends each path where the platform's routing table says. */
export async function createEdge(
  config: EdgeConfig,
  telemetry: { readonly logger: Logger; readonly metrics: Metrics },
  random: () => number = Math.random,
): Promise<App> {
  const { answerTimeoutMs } = config;
  const splits = followSplits(config.trafficFile);
  const protocol = new URL(config.publicUrl).protocol.slice(0, -1);
  const targets = [
    { name: 'portal-web', url: config.portalWebUrl, routes: ['/*'], healthPath: '/health' },
    {
      name: 'admin-web',
      url: config.adminWebUrl,
      routes: ['/admin', '/admin/*'],
      healthPath: '/admin/health',
    },
    { name: 'api-gateway', url: config.apiGatewayUrl, routes: ['/api/*'], healthPath: '/health' },
    {
      name: 'webhook-ingress',
      url: config.webhookIngressUrl,
      routes: ['/webhooks/*'],
      healthPath: '/health',
    },
  ].map((target) => ({
    ...target,
    proxy: createSplitProxy({ ...target, answerTimeoutMs, protocol }, splits, random),
  }));

  const app = await createApp({
    service: 'edge',
    version: config.version,
    ...telemetry,
    loggedElsewhere: /^\/(?:api|webhooks)\//,
    health: Object.fromEntries(
      targets.map(({ name, proxy, healthPath }) => [name, () => proxy.ping(healthPath)]),
    ),
  });
  app.removeAllContentTypeParsers();
  // Bodies pass as they are: a provider signed these very bytes, and limits are the target's to set.
  app.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage) =>
    isSmall(request.headers) ? readBody(payload) : Promise.resolve(payload),
  );
  for (const { routes, proxy } of targets) {
    for (const route of routes) app.all(route, proxy.forward);
  }
  app.addHook('onClose', async () => {
    splits.close();
    await Promise.all(targets.map(({ proxy }) => proxy.close()));
  });
  return app;
}

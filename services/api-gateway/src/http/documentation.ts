import scalar from '@scalar/fastify-api-reference';
import type { App } from '@maxai/runtime/http';
import type { Context } from '../context.ts';
import { publicDocument } from '../openapi/public-document.ts';

/** `/api/openapi.json` for machines, `/api/docs` for people; both open to all and cacheable for a minute. */
export async function registerDocumentation(app: App, ctx: Context): Promise<void> {
  const document = publicDocument({
    version: ctx.config.version,
    serverUrl: ctx.config.publicUrl,
  });
  const text = JSON.stringify(document);
  app.get('/api/openapi.json', (_request, reply) =>
    reply.type('application/json').header('cache-control', 'public, max-age=60').send(text),
  );
  await app.register(scalar, {
    routePrefix: '/api/docs',
    logLevel: 'silent',
    configuration: {
      content: document,
      withDefaultFonts: false,
      telemetry: false,
      hideClientButton: true,
      // Both lead to the vendor's own services.
      showDeveloperTools: 'never',
      agent: { disabled: true },
    },
  });
}

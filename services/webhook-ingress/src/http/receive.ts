import type { WebhookProvider } from '@maxai/integrations/webhooks/verification';
import { isWebhookProvider } from '@maxai/integrations/webhooks/verify-webhook';
import { acceptedContentTypes } from '@maxai/integrations/webhooks/webhook-payload';
import { AppError } from '@maxai/kernel/errors';
import { isId } from '@maxai/kernel/ids';
import type { App } from '@maxai/runtime/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { receiveDelivery } from '../delivery/receive-delivery.ts';

type Target = { Params: { provider: string; connectionId: string }; Body: Buffer | undefined };

function providerOf(name: string): WebhookProvider {
  if (!isWebhookProvider(name)) throw new AppError('unknown_provider');
  return name;
}

function checkContentType(provider: WebhookProvider, request: FastifyRequest<Target>): void {
  const given = String(request.headers['content-type']).replace(/;.*/s, '').trim().toLowerCase();
  const accepted: readonly string[] = acceptedContentTypes[provider];
  if (accepted.includes(given)) return;
  throw new AppError('unsupported_media_type', { detail: `send ${accepted.join(' or ')}` });
}

/** `POST /webhooks/{provider}/{connectionId}`: the body stays the bytes that were signed. */
export function registerReceive(app: App, ctx: Context): void {
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) =>
      parsed(null, body),
    );
    scope.post<Target>(
      '/webhooks/:provider/:connectionId',
      {
        onRequest: (request, _reply, next) => {
          const provider = providerOf(request.params.provider);
          if (!isId('connection', request.params.connectionId))
            throw new AppError('unknown_connection');
          checkContentType(provider, request);
          next();
        },
        onError: async (request, _reply, error) => {
          const provider = isWebhookProvider(request.params.provider)
            ? request.params.provider
            : 'unknown';
          ctx.outcomes.inc({ provider, outcome: error.code });
        },
      },
      async (request, reply) => {
        const provider = providerOf(request.params.provider);
        const { id, outcome } = await receiveDelivery(ctx, {
          provider,
          connectionId: request.params.connectionId,
          rawBody: request.body ?? Buffer.alloc(0),
          headers: request.headers,
          path: request.url,
        });
        ctx.outcomes.inc({ provider, outcome });
        return acknowledge(provider, reply.header('x-maxai-webhook-event', id), {
          received: true,
          id,
          duplicate: outcome === 'duplicate',
        });
      },
    );
    done();
  });
}

/** Twilio reads the answer as TwiML; the others only look at the status. */
function acknowledge(provider: WebhookProvider, reply: FastifyReply, body: object): FastifyReply {
  return provider === 'twilio' ? reply.type('text/xml').send('<Response/>') : reply.send(body);
}

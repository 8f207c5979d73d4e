import type { StoredDelivery } from '@maxai/contracts/http/webhook-ingress';
import type { WebhookVerification } from '@maxai/integrations/webhooks/verification';
import { verifyWebhook } from '@maxai/integrations/webhooks/verify-webhook';
import { newId } from '@maxai/kernel/ids';
import { newTraceparent } from '@maxai/kernel/trace-context';
import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import type { Platform, Tenant } from './platform.ts';

type Verified = WebhookVerification & { ok: true };

/**
 * Where callbacks come in, for webhook-ingress, which is another service: the real verifier over the connection's
 * secrets, and what it lets in stored and queued.
 */
export async function startCallbackEntry(platform: Platform) {
  const server = createServer((request, response) => {
    void receive(request).then((status) => response.writeHead(status).end('{}'));
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  // A listening TCP server always has an address object.
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const gate = { open: true };

  async function receive(request: IncomingMessage): Promise<number> {
    const rawBody = await buffer(request);
    if (!gate.open) return 503;
    const connectionId = String(request.url).split('/').at(-1);
    const connection = platform.neighbours.connections.find(({ id }) => id === connectionId);
    if (!connection) return 404;
    const verified = verifyWebhook({
      provider: 'n8n',
      rawBody,
      headers: request.headers,
      url,
      secrets: connection.webhookSecrets,
      nowMs: Date.now(),
    });
    if (!verified.ok) return 401;
    await platform.enqueue(stored(connection, verified));
    return 200;
  }

  function stored(
    { id, tenantId, clientId }: Pick<Tenant, 'tenantId'> & { id: string; clientId: string | null },
    { type, payload }: Pick<Verified, 'type' | 'payload'>,
  ): StoredDelivery {
    const delivery: StoredDelivery = {
      id: newId('webhookEvent'),
      tenantId,
      clientId,
      connectionId: id,
      provider: 'n8n',
      type,
      payload,
      correlationId: newId('correlation'),
      traceparent: newTraceparent(),
      receivedAt: new Date().toISOString(),
    };
    platform.neighbours.deliveries.set(delivery.id, delivery);
    return delivery;
  }

  return { url, gate, close: () => server.close() };
}

import { getConnectionSecrets, type ConnectionSecrets } from '@maxai/contracts/http/iam';
import { webhookProcessing } from '@maxai/contracts/jobs/queues';
import { fixedClock } from '@maxai/kernel/clock';
import { AppError } from '@maxai/kernel/errors';
import { newId } from '@maxai/kernel/ids';
import { implement } from '@maxai/runtime/http';
import { createProducer, createQueueConnection } from '@maxai/runtime/queue';
import {
  createTestDatabase,
  mintCallers,
  mintTenantId,
  processSettingsForTest,
  quietLogger,
  startNeighbour,
  until,
} from '@maxai/runtime/testing';
import { buildRetellEvent } from '@maxai/sandbox/payloads';
import { generateHighLevelKeyPair, signRetell } from '@maxai/sandbox/signing';
import pg from 'pg';
import { createWebhookIngress, type WebhookIngressConfig } from '../src/index.ts';

export const startedAt = new Date('2026-11-20T10:00:00.000Z');
export const highlevelKeys = generateHighLevelKeyPair();
/** Nothing listens on port 1 of the loopback. */
export const nowhere = '127.0.0.1:1';

export type Row = {
  id: string;
  tenant_id: string;
  type: string;
  payload: Record<string, unknown>;
  deliveries: number;
  queued_at: Date | null;
  settled_at: Date | null;
};
export type Ingress = Awaited<ReturnType<typeof startIngress>>;

/** webhook-ingress on a database of its own, beside an iam that knows the connections minted here. */
export async function startIngress(
  queueUrl: string,
  overrides: Partial<WebhookIngressConfig> = {},
) {
  const database = await createTestDatabase('ingress');
  const callers = await mintCallers('api-gateway', 'orchestrator-worker', 'webhook-ingress');
  const clock = fixedClock(startedAt);
  const connections = new Map<string, ConnectionSecrets>();
  let iamIsAway = false;
  let questions = 0;
  const iam = await startNeighbour('iam', callers, (app) => {
    implement(app, getConnectionSecrets, ({ params }) => {
      questions += 1;
      if (iamIsAway) throw new Error('out of order');
      const connection = connections.get(params.connectionId);
      if (!connection) throw new AppError('unknown_connection');
      return Promise.resolve(connection);
    });
  });
  const ingress = await createWebhookIngress(
    {
      ...processSettingsForTest,
      databaseUrl: database.appUrl,
      databasePoolMax: 4,
      queueUrl,
      cacheUrl: queueUrl,
      iamUrl: iam.url,
      identityPrivateJwk: callers.privateJwk('webhook-ingress'),
      identityPublicJwks: callers.publicJwks,
      bodyLimitBytes: 65_536,
      connectionTtlMs: 15_000,
      sweepIntervalMs: 50,
      unqueuedAfterMs: 5_000,
      unsettledAfterMs: 60_000,
      ...overrides,
    },
    { clock, logger: quietLogger },
  );
  const owner = new pg.Pool({ connectionString: database.ownerUrl, max: 2 });
  owner.on('error', () => undefined);
  const queue = await createQueueConnection({ url: queueUrl });
  const producer = createProducer(queue, webhookProcessing);
  const api = await callers.client('api-gateway', 'webhook-ingress', ingress.url);

  return {
    url: ingress.url,
    api,
    clock,
    database,
    owner,
    producer,
    queue,
    /** How often iam was asked for a connection. */
    questions: () => questions,
    setIamAway(away: boolean): void {
      iamIsAway = away;
    },
    connect(
      provider: ConnectionSecrets['provider'] = 'retell',
      change: Partial<ConnectionSecrets> = {},
    ): ConnectionSecrets {
      const connection: ConnectionSecrets = {
        id: newId('connection'),
        tenantId: mintTenantId(),
        clientId: newId('client'),
        provider,
        account: {},
        credentials: {},
        webhookSecrets: [provider === 'highlevel' ? highlevelKeys.publicKey : newId('apiKey')],
        ...change,
      };
      connections.set(connection.id, connection);
      return connection;
    },
    disconnect: (id: string) => connections.delete(id),
    rotate(connection: ConnectionSecrets, webhookSecrets: string[]): void {
      connections.set(connection.id, { ...connection, webhookSecrets });
    },
    post(path: string, body: string, headers: Record<string, string>): Promise<Response> {
      return fetch(`${ingress.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      });
    },
    /** A signed Retell event posted to the connection. */
    retell(connection: ConnectionSecrets, options: { body?: string; secret?: string } = {}) {
      const nowMs = clock.now().getTime();
      const rawBody =
        options.body ?? JSON.stringify(buildRetellEvent({ event: 'call_ended', nowMs }));
      const apiKey = options.secret ?? connection.webhookSecrets[0]!;
      return this.post(pathOf(connection), rawBody, signRetell({ rawBody, apiKey, nowMs }));
    },
    async rows(connectionId: string): Promise<Row[]> {
      const { rows } = await owner.query<Row>(
        `select d.*, p.queued_at, p.settled_at from delivery d join delivery_progress p using (id)
         where connection_id = $1 order by id`,
        [connectionId],
      );
      return rows;
    },
    /** Waits until a job in the queue holds the delivery, its own or one it shares with what arrived with it. */
    async queued(id: string): Promise<void> {
      const { producing } = queue;
      await until(async () => {
        const jobs = await producing.lrange('bull:webhook-processing:wait', 0, -1);
        const data = jobs.map((job) => producing.hget(`bull:webhook-processing:${job}`, 'data'));
        return (await Promise.all(data)).some((text) => text?.includes(id) === true);
      });
    },
    /** Waits until the delivery has a job of its own. */
    async queuedAlone(id: string): Promise<void> {
      await until(() => queue.producing.exists(`bull:webhook-processing:${id}`));
    },
    async metric(provider: string, outcome: string): Promise<number> {
      const text = await (await fetch(`${ingress.url}/metrics`)).text();
      const line = text
        .split('\n')
        .find((each) => each.includes(`provider="${provider}",outcome="${outcome}"`));
      return Number(line?.split(' ').at(-1) ?? 0);
    },
    async close(): Promise<void> {
      await api.close();
      await ingress.close();
      await producer.close();
      await queue.close();
      await iam.close();
      await owner.end();
      await database.drop();
    },
  };
}

export const pathOf = ({ provider, id }: ConnectionSecrets) => `/webhooks/${provider}/${id}`;

export async function codeOf(response: Response): Promise<[number, string]> {
  const { code } = (await response.json()) as { code: string };
  return [response.status, code];
}

export async function idOf(response: Response): Promise<string> {
  return ((await response.json()) as { id: string }).id;
}

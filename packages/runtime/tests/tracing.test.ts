import { operation } from '@maxai/contracts/operation';
import { serviceIdentity } from '@maxai/kernel/access';
import { newId } from '@maxai/kernel/ids';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { executionQueue } from './support/execution-queue.ts';

type Attribute = { key: string; value: { stringValue?: string } };
type Received = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  traceState?: string;
  status: { code?: number; message?: string };
  attributes: Attribute[];
};
type Request = { resourceSpans: { scopeSpans: { spans: Received[] }[] }[] };

const spans: Received[] = [];
let collector: Server;
let tracing: { shutdown: () => Promise<void> };
// Loaded once tracing is on, as a process does.
let runtime: Awaited<ReturnType<typeof loadRuntime>>;

async function loadRuntime() {
  const [http, queue, database, telemetry, testing, identity] = await Promise.all([
    import('@maxai/runtime/http'),
    import('@maxai/runtime/queue'),
    import('@maxai/runtime/database'),
    import('@maxai/runtime/telemetry'),
    import('@maxai/runtime/testing'),
    import('@maxai/runtime/identity'),
  ]);
  return { http, queue, database, telemetry, testing, identity };
}

beforeAll(async () => {
  collector = createServer((request, response) => {
    let text = '';
    request.on('data', (part) => (text += String(part)));
    request.on('end', () => {
      const { resourceSpans } = JSON.parse(text) as Request;
      spans.push(...resourceSpans.flatMap((of) => of.scopeSpans.flatMap((scope) => scope.spans)));
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has one.
  const { port } = collector.address() as AddressInfo;
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${port}`);
  vi.stubEnv('OTEL_PROPAGATORS', 'tracecontext');
  const { startTracing } = await import('../src/tracing/start-tracing.ts');
  tracing = startTracing();
  runtime = await loadRuntime();
});

afterAll(async () => {
  await tracing.shutdown();
  vi.unstubAllEnvs();
  collector.close();
});

const declared = {
  service: 'iam',
  tag: 'Test',
  summary: 'For this test',
  audience: 'service',
} as const;
const store = operation({
  ...declared,
  id: 'store',
  method: 'POST',
  path: '/internal/store',
  status: 204,
});
const start = operation({
  ...declared,
  id: 'start',
  method: 'POST',
  path: '/internal/start',
  status: 204,
});

const named = (name: string, kind?: number) =>
  spans.find((span) => span.name === name && (kind === undefined || span.kind === kind));

/** The names from a span up to its root. */
function ancestors(span: Received | undefined): string[] {
  const parent = spans.find(({ spanId }) => spanId === span?.parentSpanId);
  return span === undefined ? [] : [span.name, ...ancestors(parent)];
}

it('one trace goes through two services, a queue and a database, whatever its caller says of sampling [R105]', async () => {
  const { http, queue, database, telemetry, testing, identity } = runtime;
  const schema = await testing.createTestDatabase('iam');
  const db = database.createDatabase({ url: schema.appUrl, poolMax: 1, applicationName: 'test' });
  const callers = await testing.mintCallers('api-gateway', 'prompt-svc');
  const { url: redisUrl } = await testing.testRedis();
  const connection = await queue.createQueueConnection({ url: redisUrl });
  const producer = queue.createProducer(connection, executionQueue);
  const headersSeen: string[][] = [];

  const upstream = await testing.startNeighbour('iam', callers, (app) => {
    http.implement(app, store, async ({ request }) => {
      headersSeen.push(request.raw.rawHeaders.filter((name) => /^trace/i.test(name)));
      await db.platform(() => Promise.resolve());
      return {};
    });
  });
  const client = await callers.client('prompt-svc', 'iam', upstream.url);
  const front = await testing.startNeighbour('prompt-svc', callers, (app) => {
    http.implement(app, start, async () => {
      await client.call(store, { identity: serviceIdentity('prompt-svc', null) });
      await fetch(`${upstream.url}/livez?to=%2B15550001111`);
      const executionId = newId('execution');
      const context = telemetry.jobContextOf(newId('tenant'), null);
      await producer.add([{ id: executionId, payload: { context, executionId } }]);
      return {};
    });
  });
  const done = Promise.withResolvers<string>();
  const consumer = queue.createConsumer(connection, executionQueue, {
    concurrency: 1,
    logger: testing.quietLogger,
    metrics: telemetry.createMetrics('worker'),
    onDead: () => Promise.resolve(),
    handle: async () => {
      await db.platform(() => Promise.resolve());
      done.resolve(telemetry.currentContext().traceparent);
      throw new queue.PermanentFailure('cannot reach nora@example.com');
    },
  });
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const signer = await identity.createIdentitySigner({
    caller: 'api-gateway',
    privateJwk: callers.privateJwk('api-gateway'),
  });
  const answer = await fetch(`${front.url}/internal/start`, {
    method: 'POST',
    headers: {
      [identity.identityHeader]: await signer.sign(
        serviceIdentity('api-gateway', null),
        'prompt-svc',
      ),
      traceparent: `00-${traceId}-b7ad6b7169203331-00`,
      tracestate: 'vendor=opaque',
    },
  });
  expect(answer.status).toBe(204);
  expect(await done.promise).toContain(traceId);
  await consumer.close();
  await telemetry.flushSpans(5000);

  expect(headersSeen).toEqual([['traceparent', 'tracestate']]);
  const ours = spans.filter((span) => span.traceId === traceId);
  expect(ours.length).toBe(spans.length);
  const [server, client2, consumerKind] = [2, 3, 5];
  expect(ancestors(named('process flow-execution', consumerKind))).toEqual([
    'process flow-execution',
    'send flow-execution',
    'request',
    'POST /internal/start',
  ]);
  expect(ancestors(named('POST /internal/store', server))).toEqual([
    'POST /internal/store',
    'POST',
    'request',
    'POST /internal/start',
  ]);
  const statements = spans.filter(
    ({ name, kind }) => name.startsWith('pg.query') && kind === client2,
  );
  const above = new Set(statements.flatMap(ancestors));
  expect([...above]).toEqual(
    expect.arrayContaining(['POST /internal/store', 'process flow-execution']),
  );
  expect(spans.filter(({ kind }) => kind === server).map(({ traceState }) => traceState)).toEqual([
    'vendor=opaque',
    'vendor=opaque',
  ]);
  expect(named('process flow-execution')?.status).toEqual({
    code: 2,
    message: 'cannot reach [email]',
  });
  expect(JSON.stringify(spans)).not.toContain('5550001111');

  await Promise.all([
    front.close(),
    upstream.close(),
    client.close(),
    producer.close(),
    db.close(),
  ]);
  await connection.close();
  await schema.drop();
});

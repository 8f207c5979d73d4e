import { createApiClient } from '@maxai/api-client';
import { metricDifferences, seriesOf, until } from '@maxai/runtime/testing';
import { buildRetellEvent } from '@maxai/sandbox/payloads';
import { signRetell } from '@maxai/sandbox/signing';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliverWebhook } from '../../src/commands/demo/webhook-delivery.ts';
import type { TracedSpan } from '../../src/observability/otlp-spans.ts';
import { logLines, plantEverything, planted } from './planted-secrets.ts';
import { startRunningPlatform, type RunningPlatform } from './running-platform.ts';

const patience = 60_000;
let platform: RunningPlatform;
beforeAll(async () => {
  platform = await startRunningPlatform();
}, 300_000);
afterAll(() => platform.stop(), 180_000);

type Json = Record<string, unknown>;

const newTraceId = () => randomBytes(16).toString('hex');
/** A caller that asks for nothing to be sampled. */
const traceHeaders = (traceId: string) => ({
  traceparent: `00-${traceId}-b7ad6b7169203331-00`,
  tracestate: 'vendor=opaque',
});

const connectionOf = (provider: string) =>
  platform.demo.connections.find((one) => one.provider === provider)!;

/** One of Retell's, signed with the demo agency's key. */
async function deliver(event: Json, headers: Record<string, string>): Promise<string> {
  const { id, signingSecret } = connectionOf('retell');
  const rawBody = JSON.stringify(event);
  const signature = signRetell({ rawBody, apiKey: String(signingSecret), nowMs: Date.now() });
  const response = await fetch(`${platform.url}/webhooks/retell/${id}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...signature, ...headers },
    body: rawBody,
  });
  expect(response.status).toBe(200);
  return String(response.headers.get('x-maxai-webhook-event'));
}

/** The webhook's event once every execution it started has succeeded. */
async function finished(webhookEventId: string) {
  return until(async () => {
    const { items } = await platform.api.call('listEvents', { query: { webhookEventId } });
    const [listed] = items;
    if (listed === undefined) return undefined;
    const event = await platform.api.call('getEvent', { params: { eventId: listed.id } });
    return event.executions.every(({ status }) => status === 'succeeded') ? event : undefined;
  }, patience);
}

const spansOf = (traceId: string) => platform.spans.filter((span) => span.traceId === traceId);

/** Every edge of a trace: who handed on to whom, and how. */
function edgesOf(spans: readonly TracedSpan[]): string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const sandboxPort = Number(new URL(platform.sandboxUrl).port);
  const edges = spans.flatMap((span) => {
    const parent = byId.get(String(span.parentSpanId));
    if (span.name.startsWith('pg')) return [`${span.service} → postgres`];
    if (span.kind === 'client' && span.attributes['server.port'] === sandboxPort) {
      return [`${span.service} → the outside world`];
    }
    if (parent?.kind === 'client' && span.kind === 'server') {
      return [`${parent.service} → http → ${span.service}`];
    }
    if (parent?.kind === 'producer' && span.kind === 'consumer') {
      const queue = String(span.attributes['messaging.destination.name']);
      return [`${parent.service} → ${queue} → ${span.service}`];
    }
    return [];
  });
  return [...new Set(edges)];
}

describe('a trace', () => {
  const analyzed = () => buildRetellEvent({ event: 'call_analyzed', nowMs: Date.now() });
  const fromWebhook = [
    'edge → http → webhook-ingress',
    'webhook-ingress → postgres',
    'webhook-ingress → webhook-processing → orchestrator-worker',
    'orchestrator-worker → http → webhook-ingress',
    'orchestrator-worker → postgres',
  ];

  it(
    'goes from a webhook through queues, services and the database to the invoice [R104,R105]',
    async () => {
      const traceId = newTraceId();
      const webhookEventId = await deliver(analyzed(), traceHeaders(traceId));
      await finished(webhookEventId);
      const traced = createApiClient({
        baseUrl: platform.url,
        headers: { authorization: `Bearer ${platform.demo.apiKey}`, ...traceHeaders(traceId) },
      });
      const { subscriptionId } = platform.demo;
      await until(
        () =>
          edgesOf(spansOf(traceId)).includes(
            'orchestrator-worker → usage-aggregation → billing-usage-worker',
          ),
        patience,
      );
      await traced.call('previewInvoice', { params: { subscriptionId } });
      const wanted = [
        ...fromWebhook,
        'orchestrator-worker → http → iam',
        'iam → postgres',
        'orchestrator-worker → flow-execution → orchestrator-worker',
        'orchestrator-worker → the outside world',
        'orchestrator-worker → usage-aggregation → billing-usage-worker',
        'billing-usage-worker → postgres',
        'edge → http → api-gateway',
        'api-gateway → http → payments',
        'payments → http → billing-usage',
        'payments → postgres',
        'billing-usage → postgres',
      ];
      await until(() => {
        const edges = edgesOf(spansOf(traceId));
        return wanted.every((edge) => edges.includes(edge));
      }, patience).catch(() => undefined);
      expect(edgesOf(spansOf(traceId))).toEqual(expect.arrayContaining(wanted));
    },
    2 * patience,
  );

  it(
    'goes from a payment to the ledger [R104]',
    async () => {
      // Stripe is asked about the invoice, so it is Stripe that reports it.
      const { id, signingSecret } = connectionOf('stripe');
      await deliverWebhook(platform.sandboxUrl, {
        event: 'stripe.invoice.paid',
        url: `${platform.url}/webhooks/stripe/${id}`,
        secret: String(signingSecret),
        data: {},
      });
      const { traceId } = await until(
        () => platform.spans.find(({ name }) => name === 'process payment-events'),
        patience,
      );
      const wanted = [
        ...fromWebhook,
        'orchestrator-worker → payment-events → payments-worker',
        'payments-worker → postgres',
      ];
      await until(() => {
        const edges = edgesOf(spansOf(traceId));
        return wanted.every((edge) => edges.includes(edge));
      }, patience).catch(() => undefined);
      expect(edgesOf(spansOf(traceId))).toEqual(expect.arrayContaining(wanted));
    },
    2 * patience,
  );

  it(
    'has no span whose parent is missing but the one the caller began with',
    async () => {
      const traceId = newTraceId();
      await finished(await deliver(analyzed(), traceHeaders(traceId)));
      const orphans = () => {
        const spans = spansOf(traceId);
        const ids = new Set(spans.map(({ spanId }) => spanId));
        return spans.filter(({ parentSpanId }) => !ids.has(String(parentSpanId)));
      };
      await until(() => orphans().length === 1 && spansOf(traceId).length > 20, patience);
      expect(orphans().map(({ service, kind }) => `${service} ${kind}`)).toEqual(['edge server']);
    },
    patience,
  );

  it(
    'in which something failed says so, and nothing of what was said',
    async () => {
      const traceId = newTraceId();
      const call = { from_number: '+15550198877', end_timestamp: 1e30 };
      const unreadable = buildRetellEvent({ event: 'call_ended', nowMs: Date.now(), call });
      await deliver(unreadable, traceHeaders(traceId));
      const failed = () => spansOf(traceId).filter((span) => span.failed);
      await until(() => failed().length > 0, patience);
      expect(failed().map(({ service, name }) => `${service}: ${name}`)).toEqual([
        'orchestrator-worker: take over delivery',
      ]);
      expect(JSON.stringify(platform.spans)).not.toContain('5550198877');
    },
    patience,
  );
});

describe('metrics', () => {
  const scrape = async (name: string) => {
    const process = platform.plan.processes.find((one) => one.name === name)!;
    return (await fetch(`http://127.0.0.1:${process.port}/metrics`)).text();
  };
  const exporters = () =>
    platform.plan.processes.filter(({ kind }) => kind !== 'sandbox').map(({ name }) => name);

  it('of every process are those the catalogue says it exports, no more and no less [R97,R98,R99,R100,R101]', async () => {
    expect(exporters()).toHaveLength(11);
    const differences = await Promise.all(
      exporters().map(async (name) => [name, metricDifferences(await scrape(name), name)]),
    );
    expect(Object.fromEntries(differences)).toEqual(
      Object.fromEntries(exporters().map((name) => [name, []])),
    );
  });

  it('tell of processor, memory and event loop, and of every dependency [R96]', async () => {
    for (const name of exporters()) {
      const text = await scrape(name);
      for (const metric of [
        'process_cpu_seconds_total',
        'process_resident_memory_bytes',
        'nodejs_eventloop_lag_p99_seconds',
      ]) {
        expect(text).toMatch(new RegExp(`^${metric}\\{service="${name}"\\} [\\d.e+-]+$`, 'm'));
      }
      expect(text).toMatch(/^health_check_up\{dependency="[\w-]+",service="\S+"\} 1$/m);
    }
  });

  it(
    'get no series from whoever invents paths, providers, tenants and methods',
    async () => {
      const invented = () => randomBytes(6).toString('hex');
      const attack = async () => {
        const word = invented();
        const requests: [string, string, RequestInit?][] = [
          ['edge path', `/${word}/${word}`],
          ['api path', `/api/${word}`],
          ['id', `/api/clients/cli_${word}`],
          [
            'tenant',
            `/api/events?tenant=ten_${word}`,
            { headers: { authorization: `Bearer mxk_${word}` } },
          ],
          ['provider', `/webhooks/${word}/con_${word}`, { method: 'POST', body: '{}' }],
          ['connection', `/webhooks/retell/con_${word}`, { method: 'POST', body: '{}' }],
          ['method', `/api/clients`, { method: `X${word}` }],
          ['method of a webhook', `/webhooks/retell/${word}`, { method: 'PUT', body: word }],
        ];
        await Promise.all(
          requests.map(([, path, init]) =>
            fetch(`${platform.url}${path}`, init).catch(() => undefined),
          ),
        );
      };
      const ofOurs = async () => {
        const all = await Promise.all(
          ['edge', 'api-gateway', 'webhook-ingress', 'iam'].map(scrape),
        );
        return all
          .flatMap((text) => [...seriesOf(text)])
          .filter((line) => !/^(?:process|nodejs)_/.test(line));
      };
      for (let round = 0; round < 3; round += 1) await attack();
      const before = await ofOurs();
      for (let round = 0; round < 40; round += 1) await attack();
      const after = await ofOurs();
      expect(after.filter((series) => !before.includes(series))).toEqual([]);
    },
    patience,
  );
});

describe('logs', () => {
  beforeAll(() => plantEverything(platform), 2 * patience);

  it('of every process hold nothing of what was planted in its way [R102]', async () => {
    await until(
      () =>
        platform.plan.processes.every(
          ({ name, kind }) => kind === 'sandbox' || logLines(platform.state, name).length > 0,
        ),
      patience,
    );
    const found = platform.plan.processes
      .filter(({ kind }) => kind !== 'sandbox')
      .flatMap(({ name }) => logLines(platform.state, name).map((line) => ({ name, line })))
      .flatMap(({ name, line }) =>
        Object.entries(planted)
          .filter(([, secret]) => line.includes(secret))
          .map(([what]) => `${name}: ${what}: ${line.slice(0, 300)}`),
      );
    expect(found).toEqual([]);
  });

  it('have exactly the fields of the format on every request, and the same names on every line [R102]', () => {
    const everywhere = ['timestamp', 'level', 'message', 'correlation_id', 'service', 'version'];
    const ofContext = new Set(['tenant_id', 'client_id', 'user_id']);
    const ofRequest = ['method', 'path', 'status', 'duration_ms'];
    for (const { name, kind } of platform.plan.processes) {
      if (kind === 'sandbox') continue;
      const lines = logLines(platform.state, name).map((line) => JSON.parse(line) as Json);
      for (const line of lines) {
        expect(Object.keys(line)).toEqual(expect.arrayContaining(everywhere));
        expect(line['service']).toBe(name);
        if (line['message'] !== 'Request processed') continue;
        const own = Object.keys(line).filter((key) => !ofContext.has(key));
        expect(own.toSorted()).toEqual([...everywhere, ...ofRequest].toSorted());
      }
    }
  });

  it('tell whose request it was', () => {
    const lines = logLines(platform.state, 'orchestrator').map((line) => JSON.parse(line) as Json);
    expect(lines.some((line) => line['tenant_id'] === platform.demo.tenantId)).toBe(true);
  });
});

import { samplingCollector } from '@maxai/topology/observability/collector-config';
import { samplingPolicy } from '@maxai/topology/observability/sampling-policy';
import { appendFileSync, closeSync, fstatSync, ftruncateSync, openSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { splitByTrace, type TraceRequest } from '../otlp-traces.ts';
import { createTailSampler } from '../tail-sampling.ts';

export type Receiver = { readonly url: string; readonly close: () => Promise<void> };

const bodyLimitBytes = 16 * 1024 * 1024;
/** A file that has grown beyond it begins again. */
const fileLimitBytes = 256 * 1024 * 1024;

async function read(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  // A request's parts are buffers as long as no encoding is set.
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > bodyLimitBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/**
 * Stands in for the OpenTelemetry Collector on one machine: takes OTLP over HTTP as JSON, applies the very settings
 * that are rendered for the collector's `tail_sampling`, and appends what is kept to `file`, a request a line.
 */
export async function createReceiver(options: {
  readonly port: number;
  readonly file: string;
  readonly decisionWaitMs?: number;
}): Promise<Receiver> {
  const out = openSync(options.file, 'a', 0o600);
  const held = new Map<string, TraceRequest[]>();
  const write = (requests: readonly TraceRequest[]) => {
    if (fstatSync(out).size > fileLimitBytes) ftruncateSync(out);
    appendFileSync(out, requests.map((request) => `${JSON.stringify(request)}\n`).join(''));
  };
  const sampler = createTailSampler({
    settings: samplingCollector('file').processors.tail_sampling,
    decisionWaitMs: options.decisionWaitMs ?? samplingPolicy.decisionWaitSeconds * 1000,
    onDecision(traceId, decision) {
      if (decision === 'keep') write(held.get(traceId) ?? []);
      held.delete(traceId);
    },
  });

  function take(body: string): void {
    for (const { traceId, failed, request } of splitByTrace(body)) {
      const parts = held.get(traceId) ?? [];
      parts.push(request);
      held.set(traceId, parts);
      const before = sampler.see(traceId, failed);
      if (before === undefined) continue;
      held.delete(traceId);
      if (before === 'keep') write([request]);
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.method === 'GET') {
      const known = ['/health', '/livez'].includes(String(request.url));
      return void reply(known ? 200 : 404, known ? { status: 'ok' } : { message: 'not found' });
    }
    if (request.url !== '/v1/traces') return void reply(404, { message: 'send to /v1/traces' });
    const body = await read(request);
    if (body === undefined) return void reply(413, { message: `at most ${bodyLimitBytes} bytes` });
    try {
      take(body);
      reply(200, { partialSuccess: {} });
    } catch {
      reply(400, { message: 'send OTLP as JSON: OTEL_EXPORTER_OTLP_PROTOCOL=http/json' });
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const timer = setInterval(() => sampler.settle(), 100);
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : options.port}`,
    async close() {
      clearInterval(timer);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      closeSync(out);
    },
  };
}

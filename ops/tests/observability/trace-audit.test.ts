import { readFileSync, rmSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { tracesCommand } from '../../src/commands/traces/command.ts';
import type { auditTraces } from '../../src/observability/audit-traces.ts';
import { injectTraces } from '../../src/observability/inject-traces.ts';
import { readConfig } from '../../src/observability/trace-receiver/config.ts';
import {
  createReceiver,
  type Receiver,
} from '../../src/observability/trace-receiver/create-receiver.ts';
import { until } from '@maxai/runtime/testing';

const folder = mkdtempSync(join(tmpdir(), 'maxai-traces-'));
const kept = join(folder, 'traces.jsonl');
let receiver: Receiver;
let output: string[];

beforeAll(async () => {
  receiver = await createReceiver({ port: 0, file: kept, decisionWaitMs: 2000 });
});
afterAll(async () => {
  await receiver.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  output = [];
  vi.spyOn(console, 'log').mockImplementation((text: string) => void output.push(text));
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

const run = (...args: string[]) => tracesCommand().parseAsync(args, { from: 'user' });
const post = (body: string, path = '/v1/traces') =>
  fetch(`${receiver.url}${path}`, { method: 'POST', body });

/** A collector that keeps what `keep` says of each request it gets. */
async function startOther(
  keep: (line: string) => string | undefined,
): Promise<{ url: string; server: Server }> {
  let lines = '';
  const server = createServer((request, response) => {
    if (request.method === 'GET') return void response.end(lines);
    let body = '';
    request.on('data', (part) => (body += String(part)));
    return void request.on('end', () => {
      const line = keep(body);
      if (line !== undefined) lines += `${line}\n`;
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has one.
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

describe('the audit of traces', () => {
  it('finds every error and a tenth of the others kept, each with all its spans [R106]', async () => {
    await run('audit', '--otlp', `${receiver.url}/`, '--kept', kept, '--each', '1000', '--json');
    expect(process.exitCode).toBe(0);
    const { passed, rows } = JSON.parse(output.join('')) as Awaited<ReturnType<typeof auditTraces>>;
    expect(passed).toBe(true);
    expect(rows).toMatchObject([
      { traces: 'every span failed', sent: 1000, kept: 1000, torn: 0 },
      { traces: 'one span failed', sent: 1000, kept: 1000, torn: 0 },
      { traces: 'succeeded', sent: 1000, fewest: 65, most: 139, torn: 0 },
    ]);
    expect(rows[2]!.kept).toBeGreaterThan(50);
  }, 60_000);

  it.each([
    ['keeps everything', (line: string) => line, /succeeded +50 +50 +\d+ +\d+ +0/],
    ['keeps nothing', () => undefined, /one span failed +50 +0 +50 +50 +0/],
    [
      'tears traces apart',
      (line: string) => (line.includes('payments-worker') ? line : undefined),
      /every span failed +50 +50 +50 +50 +50/,
    ],
  ])('fails a collector that %s', async (_what, keep, row) => {
    const { url, server } = await startOther(keep);
    await run('audit', '--otlp', url, '--kept', url, '--each', '50', '--wait', '1');
    server.close();
    expect(process.exitCode).toBe(1);
    expect(output.join('\n')).toMatch(row);
    expect(output.join('\n')).toContain('NOT kept as the policy says: 100 % of errors and 10 %');
  });

  it.each([
    ['no endpoint answers', ['--otlp', 'http://127.0.0.1:1', '--kept', kept], 'could not be made'],
    ['nothing tells what is kept', ['--otlp', 'RECEIVER', '--kept', '/nowhere'], 'no such file'],
    [
      'nobody serves what is kept',
      ['--otlp', 'RECEIVER', '--kept', 'RECEIVER/kept'],
      'answered 404',
    ],
    [
      'it is told no number',
      ['--otlp', 'RECEIVER', '--kept', kept, '--each', 'many'],
      'choose 1 to',
    ],
  ])('says what to do when %s', async (_when, args, said) => {
    const given = args.map((arg) => arg.replace('RECEIVER', receiver.url));
    await expect(
      run('audit', ...given, ...(args.includes('--each') ? [] : ['--each', '1'])),
    ).rejects.toThrow(said);
  });

  it('stops when the endpoint refuses', async () => {
    await expect(injectTraces(`${receiver.url}/elsewhere`, 1)).rejects.toThrow('answered 404');
  });
});

describe('the stand-in for the collector', () => {
  const request = (traceId: string, code: number) =>
    JSON.stringify({
      resourceSpans: [
        {
          scopeSpans: [
            { spans: [{ traceId, spanId: '00f067aa0ba902b7', name: 'x', status: { code } }] },
          ],
        },
      ],
    });
  const linesOf = (traceId: string) =>
    readFileSync(kept, 'utf8')
      .split('\n')
      .filter((line) => line.includes(traceId));

  it('remembers its decision for spans that come late', async () => {
    const traceId = 'a'.repeat(32);
    await post(request(traceId, 2));
    await until(() => linesOf(traceId).length === 1, 10_000);
    await post(request(traceId, 0));
    expect(linesOf(traceId)).toHaveLength(2);
  });

  it('answers its health, and says what it takes', async () => {
    expect((await fetch(`${receiver.url}/health`)).status).toBe(200);
    expect((await fetch(`${receiver.url}/kept`)).status).toBe(404);
    expect((await post('\u0000protobuf')).status).toBe(400);
    expect((await post('{}', '/v1/metrics')).status).toBe(404);
    expect((await post('x'.repeat(17 * 1024 * 1024))).status).toBe(413);
    expect(await (await post('{}')).json()).toEqual({ partialSuccess: {} });
  });

  it('refuses a port that somebody has, and half a configuration', async () => {
    const port = Number(new URL(receiver.url).port);
    await expect(createReceiver({ port, file: join(folder, 'other.jsonl') })).rejects.toThrow(
      'EADDRINUSE',
    );
    expect(() => readConfig({})).toThrow('TRACE_RECEIVER_PORT is not set');
  });
});

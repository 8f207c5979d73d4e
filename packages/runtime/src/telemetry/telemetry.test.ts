import { metrics as catalogue } from '@maxai/contracts/telemetry/metrics';
import { newId } from '@maxai/kernel/ids';
import { newTraceparent } from '@maxai/kernel/trace-context';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  counter,
  createLogger,
  createMetrics,
  currentContext,
  gauge,
  jobContextOf,
  runWithContext,
  tagContext,
} from './index.ts';

const secret = 'hunter2-planted';

/** A logger that writes into memory, and its lines as parsed JSON. */
function capture() {
  const written: string[] = [];
  const logger = createLogger({
    service: 'iam',
    version: '1.2.3',
    level: 'info',
    destination: { write: (line) => void written.push(line) },
  });
  const lines = () => written.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { logger, written, lines };
}

describe('log lines', () => {
  it('carry the names the log format fixes, and the context', () => {
    const { logger, lines } = capture();
    const context = { correlationId: 'order-1234', traceparent: newTraceparent() };
    runWithContext(context, () => {
      logger.info('before anyone is known');
      tagContext({ tenantId: 'ten_1', clientId: 'cli_1', userId: 'usr_1' });
      logger.warn('after');
    });
    expect(lines()[0]).toEqual({
      level: 'info',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      service: 'iam',
      version: '1.2.3',
      correlation_id: 'order-1234',
      message: 'before anyone is known',
    });
    expect(lines()[1]).toMatchObject({
      level: 'warn',
      correlation_id: 'order-1234',
      tenant_id: 'ten_1',
      client_id: 'cli_1',
      user_id: 'usr_1',
    });
  });

  it('leave out what is below the level', () => {
    const { logger, written } = capture();
    logger.debug('detail');
    expect(written).toEqual([]);
  });

  it.each([
    'password',
    'secret',
    'token',
    'authorization',
    'cookie',
    'set-cookie',
    'apiKey',
    'api_key',
    'credentials',
    'accessToken',
    'access_token',
    'refreshToken',
    'refresh_token',
    'id_token',
    'authToken',
    'clientSecret',
    'client_secret',
    'secretKey',
    'webhookSecrets',
    'privateJwk',
    'code_verifier',
    'x-maxai-identity',
  ])('never show a value under %s, up to three levels deep', (name) => {
    const { logger, written } = capture();
    const planted = { [name]: secret, kept: 'visible' };
    logger.info(planted, 'one');
    logger.info({ connection: planted }, 'two');
    logger.info({ request: { headers: planted } }, 'three');
    logger.info({ [name]: { nested: secret } }, 'an object');
    expect(written).toHaveLength(4);
    expect(written.join('')).not.toContain(secret);
    expect(written.slice(0, 3).every((line) => line.includes('visible'))).toBe(true);
  });

  it('never show what an error or its cause carries under a secret’s name', () => {
    const { logger, written, lines } = capture();
    const cause = Object.assign(new Error('401 from the provider'), {
      token: secret,
      headers: { authorization: secret },
    });
    const error = Object.assign(new Error('call failed', { cause }), {
      credentials: { apiKey: secret },
      config: { password: secret },
    });
    logger.error({ err: error, cause }, 'Failed');
    expect(lines()[0]?.['err']).toMatchObject({ message: 'call failed: 401 from the provider' });
    expect(written.join('')).not.toContain(secret);
  });
});

it('never writes what an object makes of itself, only its own members', () => {
  const { logger, lines } = capture();
  const writing = { kept: 'visible', toJSON: () => ({ password: secret }) };
  logger.info({ connection: writing, at: new URL(`http://x.test/?a=${secret}`) }, 'one');
  expect(JSON.stringify(lines())).not.toContain(secret);
  expect(lines()[0]).toMatchObject({ connection: { kept: 'visible' } });
});

describe('request context', () => {
  it('is new for work that nobody asked for', () => {
    expect(currentContext().correlationId).toMatch(/^cor_/);
    expect(currentContext().correlationId).not.toBe(currentContext().correlationId);
    tagContext({ tenantId: 'ten_1' });
    expect(currentContext().tenantId).toBeUndefined();
  });

  it('follows asynchronous work and stays apart from its neighbour’s', async () => {
    const work = (correlationId: string) =>
      runWithContext({ correlationId, traceparent: newTraceparent() }, async () => {
        await wait(1);
        tagContext({ tenantId: `tenant of ${correlationId}` });
        await wait(1);
        return currentContext();
      });
    const [first, second] = await Promise.all([work('first'), work('second')]);
    expect(first).toMatchObject({ correlationId: 'first', tenantId: 'tenant of first' });
    expect(second).toMatchObject({ correlationId: 'second', tenantId: 'tenant of second' });
  });

  it('does not change the caller’s own object', () => {
    const context = { correlationId: 'first', traceparent: newTraceparent() };
    runWithContext(context, () => tagContext({ tenantId: 'ten_1' }));
    expect(context).not.toHaveProperty('tenantId');
  });

  it('goes with a job', () => {
    const context = { correlationId: 'order-1234', traceparent: newTraceparent() };
    const tenantId = newId('tenant');
    runWithContext(context, () => {
      expect(jobContextOf(tenantId, null)).toEqual({ ...context, tenantId, clientId: null });
    });
  });
});

describe('metrics', () => {
  it('are named by the catalogue and label every series with the service', async () => {
    const metrics = createMetrics('iam');
    counter(metrics, 'llm_tokens_total').inc({ provider: 'openrouter', direction: 'input' }, 7);
    metrics.databasePool.ask(() => [{ labels: { state: 'idle' }, value: 3 }]);
    const text = await metrics.registry.metrics();
    expect(text).toContain(`# HELP llm_tokens_total ${catalogue.llm_tokens_total.help}`);
    expect(text).toContain(
      'llm_tokens_total{provider="openrouter",direction="input",service="iam"} 7',
    );
    expect(text).toContain('database_pool_connections{state="idle",service="iam"} 3');
    expect(text).toContain('process_resident_memory_bytes{service="iam"}');
    const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(series.every((line) => line.includes('service="iam"'))).toBe(true);
  });

  it('are each process’s own', async () => {
    const first = createMetrics('iam');
    createMetrics('payments').databasePool.ask(() => [{ labels: { state: 'idle' }, value: 1 }]);
    expect(await first.registry.metrics()).not.toContain('payments');
  });

  it('tell what is so when they are read, and nothing of what cannot be found out', async () => {
    const metrics = createMetrics('iam');
    let answer: () => Promise<{ labels: object; value: number }[]> = () =>
      Promise.resolve([{ labels: {}, value: 5 }]);
    gauge(metrics, 'active_tenants', () => answer());
    const valueNow = async () =>
      /^active_tenants\S* (?<value>\S+)/m.exec(await metrics.registry.metrics())?.groups?.['value'];
    expect(await valueNow()).toBe('5');
    answer = () => Promise.reject(new Error('away'));
    expect(await valueNow()).toBeUndefined();
    answer = () => Promise.resolve([{ labels: {}, value: 6 }]);
    expect(await valueNow()).toBe('6');
  });
});

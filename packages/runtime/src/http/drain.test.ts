import { Agent, request } from 'undici';
import { expect, it } from 'vitest';
import { createMetrics } from '../telemetry/index.ts';
import { quietLogger, until } from '../testing/index.ts';
import { createApp, listen } from './index.ts';

it('closes soon after the last answer, whoever would keep the connection', async () => {
  const app = await createApp({
    service: 'drain-test',
    version: '1',
    logger: quietLogger,
    metrics: createMetrics('drain-test'),
    health: {},
  });
  const work = Promise.withResolvers<void>();
  let isWorking = false;
  app.get('/slow', async () => {
    isWorking = true;
    await work.promise;
    return { done: true };
  });
  const url = await listen(app, { host: '127.0.0.1', port: 0 });
  const dispatcher = new Agent({ keepAliveTimeout: 60_000 });
  const answer = request(`${url}/slow`, { dispatcher });
  await until(() => isWorking);

  app.beginDrain();
  const closingAtMs = performance.now();
  const closed = app.close();
  work.resolve();
  const { statusCode, body } = await answer;
  expect([statusCode, await body.json()]).toEqual([200, { done: true }]);
  await closed;
  expect(performance.now() - closingAtMs).toBeLessThan(5_000);
  await dispatcher.close();
});

import { once } from 'node:events';
import { connect } from 'node:net';
import { Agent, request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMetrics } from '../telemetry/index.ts';
import { quietLogger, until } from '../testing/index.ts';
import { createApp, listen, type App } from './index.ts';

const soonMs = 5_000;
let app: App;
let url: string;
let isWorking: boolean;
let work: PromiseWithResolvers<void>;

beforeEach(async () => {
  isWorking = false;
  work = Promise.withResolvers();
  app = await createApp({
    service: 'drain-test',
    version: '1',
    logger: quietLogger,
    metrics: createMetrics('drain-test'),
    health: {},
  });
  app.get('/slow', async () => {
    isWorking = true;
    await work.promise;
    return { done: true };
  });
  url = await listen(app, { host: '127.0.0.1', port: 0 });
});

afterEach(() => app.close());

async function closeWithin(limitMs: number): Promise<boolean> {
  const late = new Promise<false>((resolve) => setTimeout(resolve, limitMs, false).unref());
  return Promise.race([app.close().then(() => true), late]);
}

describe('closing', () => {
  it('finishes the request under way and keeps its connection no longer', async () => {
    const dispatcher = new Agent({ keepAliveTimeout: 60_000 });
    const answer = request(`${url}/slow`, { dispatcher });
    await until(() => isWorking);
    app.beginDrain();
    const closed = closeWithin(soonMs);
    work.resolve();
    const { statusCode, body } = await answer;
    expect([statusCode, await body.json()]).toEqual([200, { done: true }]);
    expect(await closed).toBe(true);
    await dispatcher.close();
  });

  it('does not wait for whoever opened a connection and asks nothing', async () => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    await once(socket, 'connect');
    const ended = once(socket, 'close');
    expect((await request(`${url}/livez`)).statusCode).toBe(200);
    app.beginDrain();
    expect(await closeWithin(soonMs)).toBe(true);
    socket.destroy();
    await ended;
  });
});

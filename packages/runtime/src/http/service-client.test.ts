import { operation } from '@maxai/contracts/operation';
import { newId } from '@maxai/kernel/ids';
import { newTraceparent, traceIdOf } from '@maxai/kernel/trace-context';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIdentitySigner } from '../identity/index.ts';
import { currentContext, runWithContext } from '../telemetry/index.ts';
import { mintCallers, someone, startNeighbour } from '../testing/index.ts';
import { createServiceClient, implement, type ServiceClient } from './index.ts';

const declared = { service: 'iam', tag: 'Test', summary: 'For this test' } as const;
const findPeople = operation({
  ...declared,
  id: 'findPeople',
  method: 'GET',
  path: '/api/teams/{teamName}/people',
  audience: 'authenticated',
  status: 200,
  params: Type.Object({ teamName: Type.String() }),
  query: Type.Object({ limit: Type.Optional(Type.Integer()) }),
  result: Type.Object({ seen: Type.Unknown() }),
});
const renamePerson = operation({
  ...declared,
  id: 'renamePerson',
  method: 'POST',
  path: '/api/people',
  audience: 'authenticated',
  status: 204,
  body: Type.Object({ name: Type.String({ minLength: 1 }) }),
});
const identity = someone(newId('tenant'), 'viewer');

describe('a call', () => {
  let client: ServiceClient;
  let neighbour: { url: string; close: () => Promise<void> };
  const renamed: string[] = [];
  beforeAll(async () => {
    const callers = await mintCallers('api-gateway');
    neighbour = await startNeighbour('iam', callers, (app) => {
      implement(app, findPeople, async (input) =>
        Promise.resolve({
          seen: {
            caller: input.caller,
            identity: input.identity,
            params: input.params,
            query: input.query,
            context: { ...currentContext() },
          },
        }),
      );
      implement(app, renamePerson, ({ body }) => {
        renamed.push(body.name);
        return Promise.resolve({});
      });
    });
    client = await callers.client('api-gateway', 'iam', neighbour.url);
  });
  afterAll(async () => {
    await client.close();
    await neighbour.close();
  });

  it('carries identity, parameters, query, correlation id and trace [R105]', async () => {
    const context = {
      correlationId: 'order-1234',
      traceparent: newTraceparent(),
      tracestate: 'vendor=1',
    };
    const { seen } = await runWithContext(context, () =>
      client.call(findPeople, {
        identity,
        params: { teamName: 'north/east & co' },
        query: { limit: 5 },
      }),
    );
    expect(seen).toMatchObject({
      caller: 'api-gateway',
      identity,
      params: { teamName: 'north/east & co' },
      query: { limit: 5 },
      context: { correlationId: 'order-1234', tracestate: 'vendor=1' },
    });
    const arrived = (seen as { context: { traceparent: string } }).context.traceparent;
    expect(traceIdOf(arrived)).toBe(traceIdOf(context.traceparent));
  });

  it('sends a body and understands an empty answer', async () => {
    expect(await client.call(renamePerson, { identity, body: { name: 'Ada' } })).toBeUndefined();
    expect(renamed).toEqual(['Ada']);
  });

  it('throws the target’s own code, detail and pointers', async () => {
    const refused = client.call(renamePerson, { identity, body: { name: '' } });
    await expect(refused).rejects.toMatchObject({
      code: 'invalid_request',
      errors: [{ pointer: 'body/name' }],
    });
  });

  it('pings the target’s process', async () => {
    await expect(client.ping()).resolves.toBeUndefined();
  });
});

describe('a target that misbehaves', () => {
  let server: Server;
  let client: ServiceClient;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  beforeAll(async () => {
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    client = await clientOf(`http://127.0.0.1:${port}`);
  });
  afterAll(async () => {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function clientOf(baseUrl: string): Promise<ServiceClient> {
    const callers = await mintCallers('api-gateway');
    const privateJwk = callers.privateJwk('api-gateway');
    const signer = await createIdentitySigner({ caller: 'api-gateway', privateJwk });
    return createServiceClient({
      target: 'iam',
      baseUrl,
      signer,
      timeoutMs: 300,
      connectionsMax: 2,
    });
  }

  it.each<[string, number, string, object]>([
    [
      'a problem',
      409,
      '{"code":"conflict","detail":"archive it first"}',
      { code: 'conflict', detail: 'archive it first' },
    ],
    ['a problem without a detail', 404, '{"code":"not_found"}', { code: 'not_found' }],
    ['a code that is not ours', 418, '{"code":"teapot"}', { code: 'service_unavailable' }],
    ['a code every object has', 400, '{"code":"toString"}', { code: 'service_unavailable' }],
    ['a code that is no text', 400, '{"code":7}', { code: 'service_unavailable' }],
    ['an HTML page', 502, '<html>Bad Gateway</html>', { code: 'service_unavailable' }],
    ['nothing', 500, '', { code: 'service_unavailable' }],
  ])('by answering %s', async (_what, status, body, expected) => {
    answer = (_request, response) => response.writeHead(status).end(body);
    const call = client.call(renamePerson, { identity, body: { name: 'Ada' } });
    await expect(call).rejects.toMatchObject(expected);
  });

  it('by not answering in time', async () => {
    answer = () => {};
    const call = client.call(renamePerson, { identity, body: { name: 'Ada' } });
    await expect(call).rejects.toMatchObject({
      code: 'upstream_timeout',
      detail: 'iam did not answer',
    });
  });

  it('by hanging up', async () => {
    answer = (request) => request.socket.destroy();
    const call = client.call(renamePerson, { identity, body: { name: 'Ada' } });
    await expect(call).rejects.toMatchObject({ code: 'service_unavailable' });
  });

  it('by failing a ping', async () => {
    answer = (_request, response) => response.writeHead(503).end();
    await expect(client.ping()).rejects.toThrow('iam answered 503');
  });

  it('by not being there', async () => {
    const nowhere = await clientOf('http://127.0.0.1:1');
    await expect(nowhere.call(findPeople, { identity })).rejects.toMatchObject({
      code: 'service_unavailable',
    });
    await nowhere.close();
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refuse, startFixtureApi, type FixtureApi } from '../tests/fixture-api.ts';
import { ids } from '../tests/fixtures.ts';
import { ApiProblem } from './api-problem.ts';
import { createApiClient } from './create-api-client.ts';

let server: FixtureApi;
beforeEach(async () => {
  server = await startFixtureApi();
});
afterEach(() => server.close());

const client = () => createApiClient({ baseUrl: server.url });
const problemOf = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('resolved'),
    (error: unknown) => error as ApiProblem,
  );

describe('createApiClient', () => {
  it('fills path parameters and leaves out what is undefined in the query', async () => {
    await client().call('getClient', { params: { clientId: ids.client } });
    const page = await client().call('listEvents', {
      query: { type: 'call.ended', clientId: undefined },
    });
    expect(page.items[0]?.id).toBe(ids.event);
    expect(server.seen).toMatchObject([
      { id: 'getClient', params: { clientId: ids.client } },
      { id: 'listEvents', query: { type: 'call.ended' } },
    ]);
  });

  it('sends a body and the idempotency key it was given', async () => {
    await client().call('createClient', { body: { name: 'A' }, idempotencyKey: 'k1' });
    await client().call('createClient', { body: { name: 'B' } });
    expect(server.seen.map((request) => [request.body, request.idempotencyKey])).toEqual([
      [{ name: 'A' }, 'k1'],
      [{ name: 'B' }, undefined],
    ]);
  });

  it('answers undefined where the contract has no result', async () => {
    expect(await client().call('logout')).toBeUndefined();
  });

  it('sends the headers it was made with through the fetch it was given', async () => {
    const sent: Headers[] = [];
    const api = createApiClient({
      baseUrl: server.url,
      headers: { authorization: 'Bearer mxk_1' },
      fetch: (input, init) => {
        sent.push(new Headers(init?.headers));
        return fetch(input, init);
      },
    });
    await api.call('listQueues');
    expect(sent[0]?.get('authorization')).toBe('Bearer mxk_1');
    expect(sent[0]?.get('accept')).toBe('application/json');
  });

  it('turns a problem answer into ApiProblem with everything the platform said', async () => {
    server.answer(
      'getClient',
      refuse(404, {
        title: 'There is no such resource',
        code: 'not_found',
        detail: 'Check the id.',
        correlation_id: 'cor_1',
        errors: [{ pointer: '/id', detail: 'unknown' }],
      }),
    );
    const problem = await problemOf(
      client().call('getClient', { params: { clientId: ids.client } }),
    );
    expect(problem).toBeInstanceOf(ApiProblem);
    expect(problem).toMatchObject({
      status: 404,
      code: 'not_found',
      title: 'There is no such resource',
      detail: 'Check the id.',
      correlationId: 'cor_1',
      fields: [{ pointer: '/id', detail: 'unknown' }],
    });
  });

  it('names the status when the answer is no problem document', async () => {
    const api = createApiClient({
      baseUrl: server.url,
      fetch: async () => new Response('<h1>Bad gateway</h1>', { status: 502 }),
    });
    expect(await problemOf(api.call('listQueues'))).toMatchObject({
      status: 502,
      code: 'internal',
      title: 'The platform answered 502',
      detail: null,
      correlationId: null,
      fields: [],
    });
  });

  it('says that the platform cannot be reached when no answer comes', async () => {
    const { url } = server;
    await server.close();
    const problem = await problemOf(createApiClient({ baseUrl: url }).call('listQueues'));
    expect(problem).toMatchObject({ status: 0, code: 'unreachable' });
    server = await startFixtureApi();
  });
});

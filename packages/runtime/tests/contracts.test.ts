import { FlowDocument } from '@maxai/contracts/flows/flow-document';
import { queues } from '@maxai/contracts/jobs/queues';
import type { Operation } from '@maxai/contracts/operation';
import { allOperations } from '@maxai/contracts/operations';
import { openEnded, Problem } from '@maxai/contracts/schemas';
import { permissions, serviceIdentity, type Identity } from '@maxai/kernel/access';
import { newId } from '@maxai/kernel/ids';
import {
  createSchemaValidator,
  implement,
  type CallInput,
  type ServiceClient,
} from '@maxai/runtime/http';
import { mintCallers, startNeighbour } from '@maxai/runtime/testing';
import fastify from 'fastify';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { samplesOf } from './support/samples.ts';

const almighty: Identity = {
  actor: { kind: 'user', id: newId('user') },
  tenantId: newId('tenant'),
  grants: [{ scope: { kind: 'tenant' }, permissions }],
};
const answered = allOperations.filter(({ status }) => status !== 302);
const byId = new Map(answered.map((operation) => [operation.id, operation]));

let neighbour: { url: string; close: () => Promise<void> };
let client: ServiceClient;
let received: { params: unknown; query: unknown; body: unknown };
let result: unknown;
beforeAll(async () => {
  const callers = await mintCallers('api-gateway');
  neighbour = await startNeighbour('iam', callers, (app) => {
    for (const operation of allOperations) {
      implement(app, operation, ({ params, query, body }) => {
        received = { params, query, body };
        return Promise.resolve(result);
      });
    }
  });
  client = await callers.client('api-gateway', 'iam', neighbour.url);
});
afterAll(async () => {
  await client.close();
  await neighbour.close();
});

const hasFields = (schema: object) =>
  'properties' in schema && Object.keys(schema.properties as object).length > 0;

describe('every operation', () => {
  it.each([...byId.keys()])('%s crosses the wire unchanged both ways', async (id) => {
    const operation: Operation = byId.get(id)!;
    const identity =
      operation.audience === 'service' ? serviceIdentity('api-gateway', null) : almighty;
    const cases = fc.sample(
      fc.record({
        params: samplesOf(operation.params),
        query: samplesOf(operation.query),
        body: samplesOf(operation.body),
        result: samplesOf(operation.result),
      }),
      { numRuns: 4, seed: 7 },
    );
    for (const sample of cases) {
      result = sample.result;
      const input: CallInput<Operation> = {
        identity,
        params: sample.params,
        query: sample.query,
        ...(hasFields(operation.body) && { body: sample.body }),
      };
      const answer = await client.call(operation, input);
      expect(answer).toEqual(operation.status === 204 ? undefined : sample.result);
      expect(received.params).toEqual(sample.params);
      expect(received.query).toMatchObject(sample.query as object);
      expect(received.body).toEqual(input.body);
    }
  });
});

describe('every schema', () => {
  const schemas: Record<string, object> = {
    Problem,
    FlowDocument,
    ...Object.fromEntries(queues.map(({ name, payload }) => [name, payload])),
    ...Object.fromEntries(
      allOperations.flatMap(({ id, params, query, body }) => [
        [`${id} params`, params],
        [`${id} query`, query],
        [`${id} body`, body],
      ]),
    ),
  };

  it('is JSON Schema that an independent compiler accepts, and admits its own samples', async () => {
    // What tells readers and no validator is declared to a strict one.
    const keywords = Object.keys(openEnded);
    const app = fastify({ ajv: { customOptions: { keywords } } });
    for (const [index, schema] of Object.values(schemas).entries()) {
      app.post(`/${index}`, { schema: { body: schema } }, ({ body }) => body ?? null);
    }
    await app.ready();
    for (const [index, [name, schema]] of Object.entries(schemas).entries()) {
      for (const sample of fc.sample(samplesOf(schema), { numRuns: 3, seed: 7 })) {
        const { statusCode, body } = await app.inject({
          method: 'POST',
          url: `/${index}`,
          payload: sample as object,
        });
        expect([name, statusCode, body]).toEqual([name, 200, expect.any(String)]);
      }
    }
    await app.close();
  });

  it('refuses what does not match it', () => {
    const validate = createSchemaValidator(FlowDocument, 'body');
    expect(validate({ version: 2 })).toHaveProperty('error');
    expect(validate({ version: 1, trigger: { event: 'other' }, steps: [] })).toHaveProperty(
      'error',
    );
  });
});

import { permissions } from '@maxai/kernel/access';
import { describe, expect, it } from 'vitest';
import { queues } from './jobs/queues.ts';
import { allOperations, publicOperations } from './operations.ts';

const audiences: readonly string[] = ['anyone', 'authenticated', 'service', ...permissions];
const repeated = (values: readonly string[]) =>
  values.filter((value, index) => values.indexOf(value) !== index);
const fieldsOf = (schema: object) =>
  'properties' in schema ? Object.keys(schema.properties as object) : [];

describe('operations', () => {
  it('are those of every service', () => {
    expect(new Set(allOperations.map(({ service }) => service))).toEqual(
      new Set([
        'api-gateway',
        'iam',
        'prompt-svc',
        'webhook-ingress',
        'orchestrator',
        'billing-usage',
        'payments',
      ]),
    );
  });

  it('have an id and a place of their own', () => {
    expect(repeated(allOperations.map(({ id }) => id))).toEqual([]);
    const places = allOperations.map(
      ({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`,
    );
    expect(repeated(places)).toEqual([]);
  });

  it('are public under /api/ and between services under /internal/', () => {
    for (const { id, audience, path } of allOperations) {
      expect(path, id).toMatch(audience === 'service' ? /^\/internal\// : /^\/api\//);
    }
    expect(publicOperations.some(({ audience }) => audience === 'service')).toBe(false);
    expect(publicOperations.some(({ id }) => id === 'createPrompt')).toBe(true);
  });

  it('are for an audience that exists', () => {
    for (const { id, audience } of allOperations) expect(audiences, id).toContain(audience);
  });

  it('read with a permission to read', () => {
    for (const { id, method, audience } of publicOperations) {
      if (method === 'GET') expect(audience, id).toMatch(/^(anyone|authenticated|[a-z-]+:read)$/);
    }
  });

  it('declare every parameter of their path, and no other', () => {
    for (const { id, path, params } of allOperations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(new Set(fieldsOf(params)), id).toEqual(new Set(inPath));
    }
  });

  it('carry a body only where HTTP has one, a result unless the status has none', () => {
    for (const { id, method, status, body, result } of allOperations) {
      if (method === 'GET' || method === 'DELETE') expect(fieldsOf(body), id).toEqual([]);
      if (status === 204 || status === 302) expect(fieldsOf(result), id).toEqual([]);
    }
  });

  it('are shared-cacheable only when they are reads for anyone', () => {
    for (const { id, method, audience, cacheSeconds } of allOperations) {
      if (cacheSeconds !== undefined) expect([method, audience], id).toEqual(['GET', 'anyone']);
    }
  });
});

describe('queues', () => {
  it('have a name of their own and carry the context', () => {
    expect(repeated(queues.map(({ name }) => name))).toEqual([]);
    for (const { payload } of queues) expect(fieldsOf(payload)).toContain('context');
  });
});

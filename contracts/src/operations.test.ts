import { permissions } from '@maxai/kernel/access';
import { describe, expect, it } from 'vitest';
import { queues } from './jobs/queues.ts';
import { allOperations, publicOperations } from './operations.ts';

const audiences = new Set<string>(['anyone', 'authenticated', 'service', ...permissions]);
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
    const elsewhere = allOperations.filter(
      ({ audience, path }) => !path.startsWith(audience === 'service' ? '/internal/' : '/api/'),
    );
    expect(elsewhere).toEqual([]);
    expect(publicOperations.some(({ audience }) => audience === 'service')).toBe(false);
    expect(publicOperations.some(({ id }) => id === 'createPrompt')).toBe(true);
  });

  it('are for an audience that exists', () => {
    expect(allOperations.filter(({ audience }) => !audiences.has(audience))).toEqual([]);
  });

  it('read with a permission to read', () => {
    const reads = publicOperations.filter(({ method }) => method === 'GET');
    const pattern = /^(anyone|authenticated|[a-z-]+:read)$/;
    expect(reads.filter(({ audience }) => !pattern.test(audience))).toEqual([]);
  });

  it('declare every parameter of their path, and no other', () => {
    const declared = allOperations.map(({ id, params }) => [id, fieldsOf(params)]);
    const named = allOperations.map(({ id, path }) => [
      id,
      [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
    ]);
    expect(declared).toEqual(named);
  });

  it('carry a body only where HTTP has one, a result unless the status has none', () => {
    const bodiless = allOperations.filter(({ method }) => method === 'GET' || method === 'DELETE');
    const empty = allOperations.filter(({ status }) => status === 204 || status === 302);
    expect(bodiless.filter(({ body }) => fieldsOf(body).length > 0)).toEqual([]);
    expect(empty.filter(({ result }) => fieldsOf(result).length > 0)).toEqual([]);
  });
});

describe('queues', () => {
  it('have a name of their own and carry the context', () => {
    expect(repeated(queues.map(({ name }) => name))).toEqual([]);
    for (const { payload } of queues) expect(fieldsOf(payload)).toContain('context');
  });
});

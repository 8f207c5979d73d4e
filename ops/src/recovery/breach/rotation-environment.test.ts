import { developmentPlan, developmentSecrets } from '@maxai/topology/development-plan';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { callOrder } from './breach-site.ts';
import { rotationEnvironments } from './rotation-environment.ts';
import { breachProcesses } from './security-breach.ts';

function makeValues(): Record<string, string> {
  return Object.fromEntries(
    developmentSecrets.map(({ name, kind }) => [
      name,
      kind === 'ed25519-jwk'
        ? JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }))
        : randomBytes(32).toString('base64'),
    ]),
  );
}

const [old, fresh] = [makeValues(), makeValues()];
const port = 9080;
const plan = developmentPlan({
  portOffset: port - 8080,
  publicUrl: `http://localhost:${port}`,
  secret: (name) => String(old[name]),
});
const taken = 'orchestrator-worker';
const environment = rotationEnvironments({ plan, port, old, fresh, taken });

type Jwks = { keys: { kid: string; x: string }[] };
const keysOf = (epoch: 'before' | 'isolated' | 'overlap' | 'after') =>
  (JSON.parse(String(environment(epoch, 'iam')['IAM_IDENTITY_PUBLIC_JWKS'])) as Jwks).keys;
const publicOf = (values: Record<string, string>, caller: string) =>
  (JSON.parse(String(values[`identity-${caller}`])) as { x: string }).x;

describe('what a process knows while secrets are replaced', () => {
  it('before it is what the platform always gives it, with a password for Redis', () => {
    const iam = environment('before', 'iam');
    expect(iam['IAM_DATABASE_URL']).toBe(
      plan.processes.find(({ name }) => name === 'iam')?.env['IAM_DATABASE_URL'],
    );
    expect(iam['IAM_CACHE_URL']).toBe(
      `redis://:${old['redis-cache-password']}@127.0.0.1:${plan.redis[0]?.port}`,
    );
  });

  it('isolated it knows the callers without the one that was taken [R127]', () => {
    expect(keysOf('before').map(({ kid }) => kid)).toContain(taken);
    expect(keysOf('isolated').map(({ kid }) => kid)).toEqual(
      keysOf('before')
        .map(({ kid }) => kid)
        .filter((kid) => kid !== taken),
    );
  });

  it('in the overlap it uses the new secrets and understands both, but not the taken one', () => {
    const iam = environment('overlap', 'iam');
    const password = encodeURIComponent(String(fresh['iam-app-password']));
    expect(iam['IAM_DATABASE_URL']).toContain(`postgres://iam_app_rotation:${password}@`);
    expect(iam['IAM_ENCRYPTION_KEY']).toBe(
      `${fresh['iam-encryption-key']},${old['iam-encryption-key']}`,
    );
    const of = (caller: string) =>
      keysOf('overlap')
        .filter(({ kid }) => kid === caller)
        .map(({ x }) => x);
    expect(of('api-gateway')).toEqual([
      publicOf(fresh, 'api-gateway'),
      publicOf(old, 'api-gateway'),
    ]);
    expect(of(taken)).toEqual([publicOf(fresh, taken)]);
  });

  it('after it no variable of any process holds an old value', () => {
    const oldValues = Object.values(old).map((value) =>
      value.startsWith('{') ? (JSON.parse(value) as { d: string }).d : value,
    );
    for (const name of breachProcesses) {
      const text = JSON.stringify(environment('after', name));
      for (const value of oldValues) {
        expect(text).not.toContain(value);
        expect(text).not.toContain(encodeURIComponent(value));
      }
    }
    expect(environment('after', 'nobody')).toEqual({});
  });
});

describe('the order of replacing', () => {
  it('is whoever is called before whoever calls', () => {
    const rows = callOrder(breachProcesses);
    const rowOf = (name: string) => rows.findIndex((row) => row.includes(name));
    expect(rows.flat().toSorted()).toEqual([...breachProcesses].toSorted());
    expect(rowOf('iam')).toBe(0);
    expect(rowOf('webhook-ingress')).toBeGreaterThan(rowOf('iam'));
    expect(rowOf('orchestrator-worker')).toBeGreaterThan(rowOf('webhook-ingress'));
    expect(rowOf('api-gateway')).toBe(rows.length - 1);
  });
});

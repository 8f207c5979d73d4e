import { generateKeyPairSync } from 'node:crypto';
import { createIdentitySigner, createIdentityVerifier } from '@maxai/runtime/identity';
import { describe, expect, it } from 'vitest';
import { developmentPlan, developmentSecrets } from './development-plan.ts';

const secrets = new Map(
  developmentSecrets.map(({ name, kind, developmentValue }) => [
    name,
    kind === 'ed25519-jwk'
      ? JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }))
      : (developmentValue ?? `p@ss/${name}`),
  ]),
);

function plan(portOffset = 0) {
  return developmentPlan({
    portOffset,
    publicUrl: `http://localhost:${8080 + portOffset}`,
    secret: (name) => secrets.get(name)!,
  });
}

function environmentOf(name: string, portOffset = 0): Readonly<Record<string, string>> {
  return plan(portOffset).processes.find((process) => process.name === name)!.env;
}

describe('the development plan', () => {
  it('starts every deployable once, each on its own port', () => {
    const { processes } = plan();
    expect(processes.map(({ name, port }) => `${name} ${port}`)).toEqual([
      'sandbox 4100',
      'api-gateway 4101',
      'webhook-ingress 4102',
      'iam 4103',
      'prompt-svc 4104',
      'orchestrator 4105',
      'billing-usage 4106',
      'payments 4107',
      'orchestrator-worker 4115',
      'billing-usage-worker 4116',
      'payments-worker 4117',
      'portal-web 4108',
      'admin-web 4109',
      'edge 8080',
    ]);
  });

  it('moves every port with the edge', () => {
    const moved = plan(1000);
    expect(moved.postgres.port).toBe(5132);
    expect(moved.redis.map(({ port }) => port)).toEqual([5179, 5180]);
    expect(moved.processes.map(({ port }) => port - 1000)).toEqual(
      plan().processes.map(({ port }) => port),
    );
    expect(environmentOf('api-gateway', 1000)).toMatchObject({
      API_GATEWAY_PORT: '5101',
      API_GATEWAY_IAM_URL: 'http://127.0.0.1:5103',
      API_GATEWAY_CACHE_URL: 'redis://127.0.0.1:5179',
    });
    expect(JSON.stringify(moved)).not.toMatch(/:4\d{3}\b/);
  });

  it.each([-3077, 57_456, 0.5])('refuses offset %s, which leaves the usable ports', (offset) => {
    expect(() => plan(offset)).toThrow(
      `MAXAI_PORT ${8080 + offset} is out of range: every inner port moves with it, so choose 5004 to 65535`,
    );
  });

  it.each([-3076, 57_455])('accepts offset %s, the last that is usable', (offset) => {
    expect(plan(offset).processes).toHaveLength(14);
  });

  it('keeps jobs on the Redis that never evicts and logs its writes', () => {
    expect(plan().redis).toEqual([
      {
        name: 'cache',
        port: 4179,
        maxmemoryPolicy: 'allkeys-lru',
        appendOnly: false,
        maxmemoryMb: 64,
      },
      {
        name: 'queue',
        port: 4180,
        maxmemoryPolicy: 'noeviction',
        appendOnly: true,
        maxmemoryMb: 256,
      },
    ]);
  });

  it('migrates as the owner and runs as the app role, passwords escaped', () => {
    const { migrations, postgres } = plan();
    expect(migrations[0]).toEqual({
      service: 'webhook-ingress',
      schema: 'ingress',
      directory: 'services/webhook-ingress/db/migrations',
      url: 'postgres://ingress_owner:p%40ss%2Fingress-owner-password@127.0.0.1:4132/maxai',
    });
    expect(environmentOf('webhook-ingress')['WEBHOOK_INGRESS_DATABASE_URL']).toBe(
      'postgres://ingress_app:p%40ss%2Fingress-app-password@127.0.0.1:4132/maxai',
    );
    expect(postgres.schemas.map(({ schema }) => schema)).toEqual([
      'ingress',
      'iam',
      'prompt',
      'orchestrator',
      'usage',
      'payments',
    ]);
    expect(postgres.schemas[1]).toEqual({
      service: 'iam',
      schema: 'iam',
      ownerRole: 'iam_owner',
      ownerPasswordSecret: 'iam-owner-password',
      appRole: 'iam_app',
      appPasswordSecret: 'iam-app-password',
    });
  });

  it('starts whatever another process waits for, and never in a circle', () => {
    const waiting = new Map(plan().processes.map(({ name, dependsOn }) => [name, dependsOn]));
    const healthy = new Set<string>();
    for (let round = 0; round < 14; round += 1) {
      for (const [name, dependsOn] of waiting) {
        if (dependsOn.every((dependency) => healthy.has(dependency))) healthy.add(name);
      }
    }
    expect(healthy.size).toBe(14);
    expect(waiting.get('orchestrator-worker')).toEqual([
      'sandbox',
      'orchestrator',
      'iam',
      'webhook-ingress',
    ]);
  });

  it('names what each process is started from and where it answers', () => {
    const started = plan().processes.map(({ entry, healthUrl }) => `${entry} ${healthUrl}`);
    expect(started).toContain('sandbox/main.ts http://127.0.0.1:4100/health');
    expect(started).toContain('ops/src/edge/main.ts http://127.0.0.1:8080/health');
    expect(started).toContain('services/iam/main.ts http://127.0.0.1:4103/health');
    expect(started).toContain('services/payments/worker.ts http://127.0.0.1:4117/health');
    expect(started).toContain(
      'apps/admin-web/.next/standalone/apps/admin-web/server.js http://127.0.0.1:4109/admin/health',
    );
  });
});

describe('the environment of a process', () => {
  it('gives iam its issuer, key and lifetimes', () => {
    expect(environmentOf('iam')).toMatchObject({
      IAM_OIDC_ISSUER: 'http://127.0.0.1:4100/oidc',
      IAM_OIDC_CLIENT_ID: 'maxai-development',
      IAM_OIDC_CLIENT_SECRET: 'maxai-development-client-secret',
      IAM_OIDC_REDIRECT_URL: 'http://localhost:8080/api/auth/callback',
      IAM_ENCRYPTION_KEY: 'p@ss/iam-encryption-key',
      IAM_SESSION_TTL_SECONDS: '86400',
      IAM_FLAG_TTL_SECONDS: '300',
    });
    expect(environmentOf('iam')).not.toHaveProperty('IAM_IDENTITY_PRIVATE_JWK');
  });

  it('gives the sandbox its own address and the same OIDC client', () => {
    expect(environmentOf('sandbox')).toMatchObject({
      SANDBOX_PORT: '4100',
      SANDBOX_PUBLIC_URL: 'http://127.0.0.1:4100',
      SANDBOX_OIDC_CLIENT_SECRET: 'maxai-development-client-secret',
      SANDBOX_OIDC_REDIRECT_URIS: 'http://localhost:8080/api/auth/callback',
    });
  });

  it('gives a worker its own port, key and reach under the prefix of its service', () => {
    const service = environmentOf('orchestrator');
    const worker = environmentOf('orchestrator-worker');
    expect(worker).toMatchObject({
      ORCHESTRATOR_PORT: '4115',
      ORCHESTRATOR_DATABASE_URL: service['ORCHESTRATOR_DATABASE_URL'],
      ORCHESTRATOR_CACHE_URL: 'redis://127.0.0.1:4179',
      ORCHESTRATOR_QUEUE_URL: 'redis://127.0.0.1:4180',
      ORCHESTRATOR_WEBHOOK_INGRESS_URL: 'http://127.0.0.1:4102',
      ORCHESTRATOR_TWILIO_BASE_URL: 'http://127.0.0.1:4100/twilio',
      ORCHESTRATOR_GOOGLE_TOKEN_URL: 'http://127.0.0.1:4100/google/token',
    });
    expect(worker['ORCHESTRATOR_IDENTITY_PRIVATE_JWK']).not.toBe(
      service['ORCHESTRATOR_IDENTITY_PRIVATE_JWK'],
    );
    expect(service).not.toHaveProperty('ORCHESTRATOR_TWILIO_BASE_URL');
    expect(environmentOf('prompt-svc')).not.toHaveProperty('PROMPT_SVC_QUEUE_URL');
  });

  it('gives the edge its targets and the web apps their address, and neither a secret', () => {
    expect(environmentOf('edge')).toMatchObject({
      EDGE_PORT: '8080',
      EDGE_PORTAL_WEB_URL: 'http://127.0.0.1:4108',
      EDGE_ADMIN_WEB_URL: 'http://127.0.0.1:4109',
      EDGE_API_GATEWAY_URL: 'http://127.0.0.1:4101',
      EDGE_WEBHOOK_INGRESS_URL: 'http://127.0.0.1:4102',
    });
    expect(environmentOf('portal-web')).toMatchObject({ PORT: '4108', HOSTNAME: '127.0.0.1' });
    for (const name of ['edge', 'portal-web', 'admin-web']) {
      const values = Object.values(environmentOf(name));
      expect(values.filter((text) => [...secrets.values()].includes(text))).toEqual([]);
    }
  });

  it('lets a declared caller prove itself to its callee', async () => {
    const signer = await createIdentitySigner({
      caller: 'orchestrator-worker',
      privateJwk: environmentOf('orchestrator-worker')['ORCHESTRATOR_IDENTITY_PRIVATE_JWK']!,
    });
    const identity = {
      actor: { kind: 'service', id: 'orchestrator-worker' },
      tenantId: null,
      grants: [],
    } as const;
    const verifier = createIdentityVerifier({
      service: 'webhook-ingress',
      publicJwks: environmentOf('webhook-ingress')['WEBHOOK_INGRESS_IDENTITY_PUBLIC_JWKS']!,
    });
    const verified = await verifier.verify(await signer.sign(identity, 'webhook-ingress'));
    expect(verified).toMatchObject({ caller: 'orchestrator-worker', identity });
  });

  it('hands a callee the public keys of its declared callers only, and no private part', () => {
    const keysOf = (name: string, variable: string) =>
      (JSON.parse(environmentOf(name)[variable]!) as { keys: Record<string, string>[] }).keys;
    expect(keysOf('iam', 'IAM_IDENTITY_PUBLIC_JWKS').map(({ kid }) => kid)).toEqual([
      'api-gateway',
      'webhook-ingress',
      'prompt-svc',
      'orchestrator',
      'payments',
      'orchestrator-worker',
      'payments-worker',
      'maxai-ops',
    ]);
    const keys = keysOf('billing-usage', 'BILLING_USAGE_IDENTITY_PUBLIC_JWKS');
    expect(keys.map(({ kid }) => kid)).toEqual(['api-gateway', 'payments']);
    expect(keys.flatMap((key) => Object.keys(key))).not.toContain('d');
    expect(environmentOf('api-gateway')).not.toHaveProperty('API_GATEWAY_IDENTITY_PUBLIC_JWKS');
  });
});

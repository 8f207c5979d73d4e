import { describe, expect, it } from 'vitest';
import {
  cloudIdentities,
  cloudLabels,
  platformCharge,
  publicKeysReadIn,
  secretsReadIn,
} from './cloud-identities.ts';
import { platform } from './platform.ts';

const [production, staging] = platform.environments as [
  (typeof platform.environments)[number],
  (typeof platform.environments)[number],
];
const identity = (name: string, environment = production) =>
  cloudIdentities(platform, environment).find((candidate) => candidate.name === name);

describe('the identities of an environment', () => {
  it('are one for each process, migration and job, each with a name of its own', () => {
    const names = cloudIdentities(platform, production).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const deployables = [...platform.services, ...platform.workers, ...platform.webApps];
    expect(names).toEqual(expect.arrayContaining(deployables.map(({ name }) => name)));
    expect(names).toContain('payments-migrations');
  });

  it('read their own secrets only [R49]', () => {
    expect(identity('payments')?.secrets).toEqual(['identity-payments', 'payments-app-password']);
    expect(identity('payments-migrations')?.secrets).toEqual(['payments-owner-password']);
    expect(identity('payments-worker')?.secrets).toEqual([
      'redis-queue-password',
      'identity-payments-worker',
      'payments-app-password',
    ]);
    expect(identity('pgbouncer')?.secrets).toEqual(
      expect.arrayContaining(['iam-app-password', 'payments-app-password']),
    );
    expect(identity('pgbouncer')?.secrets).not.toContain('iam-owner-password');
    expect(identity('provisioning')?.secrets).toContain('postgres-admin-password');
    expect(identity('portal-web')?.secrets).toEqual([]);
  });

  it('check their callers with the public halves of the keys, and nobody else reads those', () => {
    expect(identity('payments')?.publicKeys).toEqual(['identity-api-gateway-public']);
    expect(identity('payments-worker')?.publicKeys).toEqual([]);
    expect(publicKeysReadIn(platform, production)).toContain('identity-payments-public');
    expect(publicKeysReadIn(platform, production)).not.toContain('identity-maxai-ops-public');
  });

  it('put n8n on its own machine in production and in the cluster in staging [R31,R35]', () => {
    expect(identity('n8n')?.namespace).toBeNull();
    expect(identity('n8n', staging)?.namespace).toBe('staging-services');
  });
});

describe('the secrets of an environment', () => {
  it('are those somebody reads there, without the ones of development', () => {
    const secrets = secretsReadIn(platform, production);
    const elsewhere = ['identity-maxai-ops', 'sandbox-highlevel-signing-key'];
    const declared = Object.keys(platform.secrets);
    expect(secrets).toEqual(declared.filter((name) => !elsewhere.includes(name)).toSorted());
  });
});

describe('the labels of a resource', () => {
  it('say environment, service, cost centre and owner [R128]', () => {
    expect(cloudLabels(production, platformCharge)).toEqual({
      environment: 'prod',
      service: 'platform',
      'cost-centre': 'ops',
      owner: 'automation-team',
    });
  });
});

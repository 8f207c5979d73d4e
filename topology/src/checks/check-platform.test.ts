import { describe, expect, it } from 'vitest';
import {
  standardProbes,
  type EnvironmentValues,
  type Platform,
  type SecretName,
  type Service,
} from '../model/index.ts';
import { platform } from '../platform.ts';
import { checkPlatform } from './check-platform.ts';

function withService(name: string, change: Partial<Service>): Platform {
  return {
    ...platform,
    // A broken service is the point: the compiler would refuse it where it is declared.
    services: platform.services.map((service) =>
      service.name === name ? ({ ...service, ...change } as Service) : service,
    ),
  };
}

const { resources } = platform.services[0]!;
const unprobed =
  'Without probes and a time to drain nobody sees it fail, and a release cuts it off';
const unlimited = 'Without requests and limits one leak takes its node down';

describe('the platform', () => {
  it('satisfies every check', () => {
    expect(checkPlatform(platform)).toEqual([]);
  });
});

describe('a broken platform', () => {
  it('may not give two processes one port', () => {
    const [finding, ...more] = checkPlatform(withService('iam', { port: 4180 }));
    expect(more).toEqual([]);
    expect(finding).toEqual({
      check: 'unique-ports',
      file: 'topology/src/environments/development.ts',
      declaration: 'Redis queue, port 4180',
      reason: 'iam listens there as well',
      fix: 'Give one of them another port in topology/src/environments/development.ts or services/iam/deploy.ts',
    });
  });

  it('may collide with the local servers only where there is a development environment', () => {
    const broken = withService('iam', { port: 4180 });
    const environments = platform.environments.filter(({ name }) => name !== 'development');
    expect(checkPlatform({ ...broken, environments }).map(({ check }) => check)).toEqual([
      'secrets-have-readers',
    ]);
  });

  it('may not call a service that does not exist', () => {
    const broken = {
      ...platform,
      services: platform.services.filter(({ name }) => name !== 'billing-usage'),
    };
    expect(checkPlatform(broken)).toContainEqual({
      check: 'declared-edges',
      file: 'services/payments/deploy.ts',
      declaration: 'payments calls billing-usage',
      reason: 'The platform has no service billing-usage',
      fix: "Wire billing-usage in topology/src/platform.ts or drop the call from payments's deploy.ts",
    });
  });

  it('may not have services that wait for each other', () => {
    const declarations = checkPlatform(withService('billing-usage', { calls: ['payments'] })).map(
      ({ declaration }) => declaration,
    );
    expect(declarations).toEqual([
      'billing-usage calls itself through others',
      'payments calls itself through others',
    ]);
  });

  it('may not keep a secret that nobody reads', () => {
    const iam = platform.services.find(({ name }) => name === 'iam')!;
    const { ENCRYPTION_KEY: _unread, ...settings } = iam.settings;
    const findings = checkPlatform(withService('iam', { settings }));
    expect(findings).toEqual([
      {
        check: 'secrets-have-readers',
        file: 'topology/src/secrets.ts',
        declaration: 'secret iam-encryption-key',
        reason: 'No setting, edge or schema reads it',
        fix: 'Read it in a deploy.ts or remove it from topology/src/secrets.ts',
      },
    ]);
  });

  it('may not have a queue that nothing writes or reads', () => {
    const silent = {
      ...withService('orchestrator', { produces: [] }),
      workers: platform.workers.filter(({ name }) => name !== 'orchestrator-worker'),
    };
    expect(
      checkPlatform(silent).map(({ declaration, reason }) => `${declaration}: ${reason}`),
    ).toEqual([
      'secret identity-orchestrator-worker: No setting, edge or schema reads it',
      'queue webhook-processing: No worker reads it',
      'queue flow-execution: Nothing writes it',
      'queue flow-execution: No worker reads it',
    ]);
  });

  it('may not keep a queue on a Redis that evicts', () => {
    const findings = checkPlatform({
      ...platform,
      queues: { ...platform.queues, 'payment-events': 'cache' },
    });
    expect(findings[0]).toMatchObject({
      file: 'topology/src/platform.ts',
      declaration: 'queue payment-events',
      fix: 'Place the queue on a Redis with maxmemory-policy noeviction',
    });
    expect(findings.map(({ reason }) => reason)).toEqual(
      ['production', 'staging', 'development'].map(
        (name) => `In ${name} the cache Redis evicts under pressure, which loses jobs`,
      ),
    );
  });

  it('may not route the internet to an internal service', () => {
    const findings = checkPlatform({
      ...platform,
      routes: [...platform.routes, { path: '/iam/*', to: 'iam' }],
    });
    expect(findings).toEqual([
      {
        check: 'public-routes',
        file: 'topology/src/platform.ts',
        declaration: 'route /iam/* to iam',
        reason: 'iam is internal: it trusts signed identities, not the internet',
        fix: 'Route to api-gateway and declare its call, or make the service public',
      },
    ]);
  });

  it('may not leave a public service without a route', () => {
    const findings = checkPlatform({ ...platform, routes: platform.routes.slice(0, 3) });
    expect(findings.map(({ declaration, reason }) => `${declaration}: ${reason}`)).toEqual([
      'webhook-ingress is public: No route leads to it',
    ]);
  });

  it.each([
    ['an owner', { owner: '' as Service['owner'] }, 'Nobody answers or pays for it'],
    ['a cost centre', { costCentre: '' as Service['costCentre'] }, 'Nobody answers or pays for it'],
    [
      'a replica',
      { scaling: { metric: 'CPU', min: 0, max: 5, targetPercent: 70 } as const },
      'It cannot scale from 0 to 5',
    ],
    [
      'room to scale',
      { scaling: { metric: 'CPU', min: 3, max: 2, targetPercent: 70 } as const },
      'It cannot scale from 3 to 2',
    ],
    ['probes', { probes: undefined as unknown as Service['probes'] }, unprobed],
    ['a time to drain', { probes: { ...standardProbes, drainSeconds: 0 } }, unprobed],
    ['limits', { resources: undefined as unknown as Service['resources'] }, unlimited],
    ['a memory limit', { resources: { ...resources, memoryLimitMib: 0 } }, unlimited],
    ['a CPU request', { resources: { ...resources, cpuRequestMillicores: 0 } }, unlimited],
    [
      'a liveness probe of its own',
      { probes: { readiness: '/health', liveness: '/health', drainSeconds: 30 } as const },
      'Its liveness probe checks dependencies, so a slow database restarts it',
    ],
  ])('may not run a service without %s', (_what, change, reason) => {
    const findings = checkPlatform(withService('iam', change));
    expect(findings).toEqual([
      {
        check: 'operable',
        file: 'services/iam/deploy.ts',
        declaration: 'iam',
        reason,
        fix: expect.any(String),
      },
    ]);
  });

  it.each([{ oidcIssuer: '' }, {}])('may not leave an environment without a value', (change) => {
    const { oidcIssuer: _missing, ...values } = platform.environments[1]!.values;
    const environments = platform.environments.map((environment) =>
      environment.name === 'staging'
        ? { ...environment, values: { ...values, ...change } as EnvironmentValues }
        : environment,
    );
    expect(checkPlatform({ ...platform, environments })).toEqual([
      {
        check: 'complete-environments',
        file: 'topology/src/environments/staging.ts',
        declaration: 'staging.oidcIssuer',
        reason: 'It has no value, so a process would refuse to start',
        fix: 'Give oidcIssuer a value in topology/src/environments/staging.ts',
      },
    ]);
  });

  it('may not send credentials in the clear outside one machine', () => {
    const environments = platform.environments.map((environment) => ({
      ...environment,
      providers: { ...environment.providers, stripe: 'http://api.stripe.com' },
    }));
    expect(
      checkPlatform({ ...platform, environments }).map(({ declaration }) => declaration),
    ).toEqual([
      'production.stripe = http://api.stripe.com',
      'staging.stripe = http://api.stripe.com',
    ]);
  });
});

describe('secrets', () => {
  it('have names no declaration can misspell', () => {
    // @ts-expect-error: the union of secret names has no such member
    const misspelt: SecretName = 'iam-encription-key';
    expect(Object.keys(platform.secrets)).not.toContain(misspelt);
  });
});

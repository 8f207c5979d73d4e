import { describe, expect, it } from 'vitest';
import {
  check,
  container,
  deployment,
  file,
  labels,
  object,
  podSpec,
  reasons,
  target,
} from '../../tests/sound-objects.ts';
import { checkRendered } from './check-rendered.ts';

it('finds nothing in sound objects', () => {
  expect(check()).toEqual([]);
});

it('finds nothing where nothing is rendered', () => {
  expect(checkRendered(target, [])).toEqual([]);
});

describe('a workload', () => {
  it('may not lack a disruption budget', () => {
    expect(check({ budget: undefined })).toEqual([
      {
        check: 'workloads-operable',
        file,
        declaration: 'prod-services/Deployment/iam',
        reason: 'No PodDisruptionBudget selects its pods: a node upgrade may take them all',
        fix: 'Render a PodDisruptionBudget with the labels its pods are selected by',
      },
    ]);
  });

  it.each(['livenessProbe', 'readinessProbe'])('may not lack its %s', (probe) => {
    expect(reasons({ deployment: deployment({ [probe]: undefined }) })).toEqual([
      'prod-services/Deployment/iam: Container iam lacks a probe: it gets traffic before it is ready, and nobody restarts it',
    ]);
  });

  it('may not check its dependencies to see whether it lives', () => {
    const livenessProbe = container.readinessProbe;
    expect(reasons({ deployment: deployment({ livenessProbe }) })).toEqual([
      'prod-services/Deployment/iam: The liveness probe of iam checks dependencies, so a slow database restarts it',
    ]);
  });

  it('may probe by command', () => {
    const probe = { exec: { command: ['pg_isready'] } };
    const change = { livenessProbe: probe, readinessProbe: probe };
    expect(check({ deployment: deployment(change) })).toEqual([]);
  });

  it('may not run without requests and limits, not even before it starts', () => {
    const unlimited = { ...container, name: 'prepare', resources: undefined };
    expect(reasons({ deployment: deployment({}, { initContainers: [unlimited] }) })).toEqual(
      ['cpu in its requests', 'memory in its requests', 'ephemeral-storage in its requests']
        .concat('memory in its limits')
        .map(
          (what) =>
            `prod-services/Deployment/iam: Container prepare has no ${what}: one leak takes its node down`,
        ),
    );
  });

  it('needs neither probes nor a budget when it runs once', () => {
    const spec = {
      ...podSpec,
      containers: [{ ...container, livenessProbe: undefined, readinessProbe: undefined }],
    };
    const job = object('batch/v1', 'Job', {
      template: { metadata: { labels }, spec: { ...spec, restartPolicy: 'Never' } },
    });
    const cron = object('batch/v1', 'CronJob', {
      schedule: '0 8 * * 1-5',
      jobTemplate: { spec: { template: { metadata: { labels }, spec } } },
    });
    const elsewhere = new Set(['accepted-by-kubernetes', 'jobs-come-after-needs']);
    expect(check({ job, cron }).filter(({ check: name }) => !elsewhere.has(name))).toEqual([]);
  });

  it.each([
    [{ securityContext: {} }, {}, 'may gain privileges'],
    [{ securityContext: {} }, {}, 'may write to its image'],
    [{ securityContext: {} }, {}, 'keeps capabilities'],
    [{}, { securityContext: {} }, 'may run as root'],
    [{}, { securityContext: undefined }, 'may use every system call'],
  ])('is restricted: %j %j', (change, pod, reason) => {
    expect(reasons({ deployment: deployment(change, pod) })).toContain(
      `prod-services/Deployment/iam: Container iam ${reason}`,
    );
  });

  it('carries no token of the API server', () => {
    expect(
      reasons({ deployment: deployment({}, { automountServiceAccountToken: undefined }) }),
    ).toEqual([
      'prod-services/Deployment/iam: Its pods carry a token of the API server that they do not need',
    ]);
  });
});

it("may not believe more or fewer addresses than follow its client's", () => {
  const env = [{ name: 'API_GATEWAY_TRUSTED_PROXIES', value: '2' }];
  expect(reasons({ deployment: deployment({ env }) })).toEqual([
    "prod-services/Deployment/iam: API_GATEWAY_TRUSTED_PROXIES is 2, but 4 addresses of ours follow the client's on gke",
  ]);
  env[0]!.value = '4';
  expect(reasons({ deployment: deployment({ env }) })).toEqual([]);
});

it('names the platform where an object does not say where it comes from', () => {
  const budget = { object: object('policy/v1', 'PodDisruptionBudget', { x: 1 }), file: 'iam' };
  const [finding] = checkRendered(target, [{ ...budget, origins: [] }]);
  expect(finding?.file).toBe('topology/src/platform.ts');
});

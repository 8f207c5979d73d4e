import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { platform } from '../../platform.ts';
import type { ComposeService } from './compose-service.ts';
import { composeDocument, renderCompose } from './render-compose.ts';

const document = composeDocument();
const services = new Map<string, ComposeService>(Object.entries(document.services));

function service(name: string): ComposeService {
  const found = services.get(name);
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
}

const deployables = [
  ...platform.services,
  ...platform.workers,
  ...platform.webApps,
  platform.edge,
  platform.sandbox,
];

describe('the rendered compose file', () => {
  it('runs every deployable, the data servers and the options [R3,R22,R28,R35]', () => {
    for (const { name } of deployables) expect([...services.keys()]).toContain(name);
    expect(services.has('postgres')).toBe(true);
    expect([...services].flatMap(([name, { profiles }]) => (profiles ? [name] : []))).toEqual([
      'pgbouncer',
      'n8n-database',
      'n8n',
      'prometheus',
    ]);
    expect(service('n8n').environment).toMatchObject({ DB_TYPE: 'postgresdb' });
  });

  it('gives each Redis the eviction policy of its use [R26]', () => {
    const flag = (name: string, option: string) => {
      const command = service(name).command ?? [];
      return command[command.indexOf(option) + 1];
    };
    expect(flag('redis-cache', '--maxmemory-policy')).toBe('allkeys-lru');
    expect(flag('redis-queue', '--maxmemory-policy')).toBe('noeviction');
    expect(flag('redis-queue', '--appendonly')).toBe('yes');
  });

  it('confines every container: no root, no capability, no writable root file system', () => {
    for (const [name, { user, read_only, cap_drop, security_opt, mem_limit }] of services) {
      expect({ name, user, read_only, cap_drop, security_opt, mem_limit }).toEqual({
        name,
        user: expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/) as string,
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        mem_limit: expect.stringMatching(/^\d+m$/) as string,
      });
    }
  });

  it('publishes ports on loopback only, and none of the data servers', () => {
    const published = [...services].flatMap(([name, { ports = [] }]) =>
      ports.map((port) => [name, port] as const),
    );
    for (const [, port] of published) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    expect(published.map(([name]) => name).toSorted()).toEqual([
      'edge',
      'n8n',
      'prometheus',
      'sandbox',
    ]);
    expect(document.networks.data).toEqual({ internal: true });
    for (const name of ['postgres', 'redis-cache', 'redis-queue']) {
      expect(Object.keys(service(name).networks)).toEqual(['data']);
    }
  });

  it('refers only to services, networks and volumes that it declares, and waits in no circle', () => {
    const settled = new Set<string>();
    const settle = (name: string, path: readonly string[]): void => {
      expect(path).not.toContain(name);
      if (settled.has(name)) return;
      for (const needed of Object.keys(service(name).depends_on ?? {})) {
        settle(needed, [...path, name]);
      }
      settled.add(name);
    };
    for (const [name, { networks, volumes = [], profiles, depends_on = {} }] of services) {
      settle(name, []);
      for (const network of Object.keys(networks))
        expect(document.networks).toHaveProperty(network);
      for (const volume of volumes) {
        if (typeof volume !== 'string') continue;
        expect(document.volumes).toHaveProperty(volume.split(':')[0] ?? '');
      }
      // What always runs must not wait for what only a profile starts.
      const needed = Object.keys(depends_on).flatMap((other) => service(other).profiles ?? []);
      expect(needed.filter(() => profiles === undefined)).toEqual([]);
    }
  });

  it('migrates each schema once, after provisioning and before whoever uses it [R24]', () => {
    const {
      payments,
      'payments-worker': worker,
      'migrate-payments': migration,
    } = document.services;
    expect(migration?.depends_on).toEqual({
      provision: { condition: 'service_completed_successfully' },
    });
    expect(migration?.restart).toBe('no');
    for (const user of [payments, worker]) {
      expect(user?.depends_on).toMatchObject({
        'migrate-payments': { condition: 'service_completed_successfully' },
      });
    }
    expect(worker?.image).toBe(payments?.image);
    expect(worker?.command).toEqual(['services/payments/worker.ts']);
  });

  it('waits for what a process needs to be healthy, and gives it its time to drain [R38]', () => {
    expect(service('orchestrator-worker').depends_on).toMatchObject({
      'redis-queue': { condition: 'service_healthy' },
      orchestrator: { condition: 'service_healthy' },
    });
    expect(service('edge').depends_on).toMatchObject({
      'portal-web': { condition: 'service_healthy' },
      'api-gateway': { condition: 'service_healthy' },
    });
    for (const { name, port, probes } of deployables) {
      expect(service(name).environment?.['MAXAI_HEALTH_URL']).toBe(
        `http://127.0.0.1:${port}${probes.readiness}`,
      );
      expect(service(name).stop_grace_period).toBe(`${probes.drainSeconds}s`);
    }
  });

  it('holds no secret: each stands in a file that only its own container mounts', () => {
    const [file] = renderCompose();
    expect(file?.content).not.toMatch(/\\0|postgres:\/\/|"kty"/);
    const { environment = {}, volumes = [] } = service('iam');
    expect(environment['IAM_DATABASE_URL_FILE']).toBe('/run/secrets/maxai/IAM_DATABASE_URL');
    expect(environment).not.toHaveProperty('IAM_DATABASE_URL');
    expect(volumes).toEqual([
      expect.objectContaining({
        source: '${MAXAI_COMPOSE_SECRETS:-../../../.maxai/compose}/iam',
        read_only: true,
      }),
    ]);
  });

  it('can be read by YAML 1.1 and 1.2 alike', () => {
    const [file] = renderCompose();
    const text = String(file?.content);
    expect(parse(text, { version: '1.1' })).toEqual(parse(text));
    expect(parse(text)).toEqual(JSON.parse(JSON.stringify(document)));
  });
});

it('Prometheus scrapes every service and worker; the pool works in transaction mode', () => {
  const [, prometheus, pgbouncer] = renderCompose();
  for (const { name, port } of [...platform.services, ...platform.workers]) {
    expect(prometheus?.content).toContain(`${name}:${port}`);
  }
  expect(pgbouncer?.content).toContain('pool_mode = transaction');
});

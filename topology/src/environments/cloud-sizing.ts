import type { CloudSizing, Machine } from '../model/cloud.ts';
import type { CloudTarget, Environment } from '../model/index.ts';

const e2 = {
  large: { type: 'e2-standard-2', vcpu: 2, memoryGb: 8 },
  xlarge: { type: 'e2-standard-4', vcpu: 4, memoryGb: 16 },
} satisfies Record<string, Machine>;

const m7i = {
  large: { type: 'm7i.large', vcpu: 2, memoryGb: 8 },
  xlarge: { type: 'm7i.xlarge', vcpu: 4, memoryGb: 16 },
} satisfies Record<string, Machine>;

function nodePools(kind: 'production' | 'staging', { large, xlarge }: typeof e2) {
  return kind === 'production'
    ? {
        'api-pool': { machine: xlarge, nodesMin: 1, nodesMax: 7 },
        'services-pool': { machine: xlarge, nodesMin: 1, nodesMax: 7 },
        'jobs-pool': { machine: large, nodesMin: 1, nodesMax: 6 },
      }
    : {
        'api-pool': { machine: large, nodesMin: 1, nodesMax: 4 },
        'services-pool': { machine: large, nodesMin: 1, nodesMax: 4 },
        'jobs-pool': { machine: large, nodesMin: 0, nodesMax: 2 },
      };
}

/**
 * Cloud SQL offers no `db-n1-standard-*` for PostgreSQL: `db-custom-<vcpu>-<MiB>` is the same machine.
 * RDS has no 15 GB class: its next larger one is taken.
 */
const sizings: Readonly<
  Record<'production' | 'staging', Readonly<Record<CloudTarget['kind'], CloudSizing>>>
> = {
  production: {
    gke: {
      kind: 'gke',
      nodePools: nodePools('production', e2),
      postgres: { type: 'db-custom-4-15360', vcpu: 4, memoryGb: 15 },
      redis: { type: 'STANDARD_HA', memoryMb: 5120, port: 6378 },
      n8n: e2.large,
      backupAccount: 'maxai-backup',
      monthlyBudgetUsd: 6000,
      logRetentionDays: 90,
    },
    eks: {
      kind: 'eks',
      nodePools: nodePools('production', m7i),
      postgres: { type: 'db.m7g.xlarge', vcpu: 4, memoryGb: 16 },
      redis: { type: 'cache.m7g.large', memoryMb: 6530, port: 6379 },
      n8n: m7i.large,
      backupAccount: '333333333333',
      monthlyBudgetUsd: 6000,
      logRetentionDays: 90,
    },
  },
  staging: {
    gke: {
      kind: 'gke',
      nodePools: nodePools('staging', e2),
      postgres: { type: 'db-custom-2-7680', vcpu: 2, memoryGb: 7.5 },
      redis: { type: 'BASIC', memoryMb: 1024, port: 6378 },
      n8n: e2.large,
      backupAccount: 'maxai-backup',
      monthlyBudgetUsd: 1500,
      logRetentionDays: 30,
    },
    eks: {
      kind: 'eks',
      nodePools: nodePools('staging', m7i),
      postgres: { type: 'db.m7g.large', vcpu: 2, memoryGb: 8 },
      redis: { type: 'cache.t4g.small', memoryMb: 1400, port: 6379 },
      n8n: m7i.large,
      backupAccount: '333333333333',
      monthlyBudgetUsd: 1500,
      logRetentionDays: 30,
    },
  },
};

/** What one cloud calls the machines of an environment; throws for one that runs on no cloud. */
export function cloudSizing(environment: Environment, kind: CloudTarget['kind']): CloudSizing {
  if (environment.name === 'development') {
    throw new Error('development runs on one machine: choose the stack production or staging');
  }
  return sizings[environment.name][kind];
}

/** The cloud an environment runs on; throws when its targets do not name it. */
export function cloudTarget(environment: Environment, kind: CloudTarget['kind']): CloudTarget {
  const target = environment.targets.find((candidate) => candidate.kind === kind);
  if (target === undefined) {
    throw new Error(
      `${environment.name} has no ${kind} target: add it to targets in topology/src/environments/${environment.name}.ts`,
    );
  }
  return target as CloudTarget;
}

import type { CloudTarget } from '../model/index.ts';

/** On-demand list prices in US dollars; `machineHour` by the type the cloud calls a machine. */
export type PriceTable = {
  /** The day the prices were read off the providers' public lists; they change without notice. */
  readonly asOf: string;
  readonly region: string;
  readonly machineHour: Readonly<Record<string, number>>;
  readonly clusterHour: number;
  /** By the type of the database's machine, for one zone. */
  readonly postgresHour: Readonly<Record<string, number>>;
  readonly postgresStorageGbMonth: number;
  /** A standby in another zone costs as much again. */
  readonly highAvailabilityFactor: number;
  readonly backupGbMonth: number;
  /** By the type of each Redis node, primary and replica apart where the cloud bills them so. */
  readonly redisHour: Readonly<Record<string, number>>;
  readonly redisReplicaFactor: number;
  readonly loadBalancerHour: number;
  readonly natGatewayHour: number;
  readonly secretMonth: number;
  readonly logGb: number;
  /** Shares of the on-demand price that a commitment of one year takes off. */
  readonly commitment: { readonly nodes: number; readonly postgres: number };
};

/** Hours of an average month, as both clouds bill. */
export const hoursPerMonth = 730;

/** What each cloud asks in the regions the environments run in. */
export const priceTables: Readonly<Record<CloudTarget['kind'], PriceTable>> = {
  gke: {
    asOf: '2025-10-20',
    region: 'us-central1',
    machineHour: { 'e2-standard-2': 0.067, 'e2-standard-4': 0.134 },
    clusterHour: 0.1,
    postgresHour: { 'db-custom-4-15360': 0.2702, 'db-custom-2-7680': 0.1351 },
    postgresStorageGbMonth: 0.17,
    highAvailabilityFactor: 2,
    backupGbMonth: 0.08,
    redisHour: { STANDARD_HA: 0.27, BASIC: 0.049 },
    redisReplicaFactor: 1,
    loadBalancerHour: 0.025,
    natGatewayHour: 0.044,
    secretMonth: 0.06,
    logGb: 0.5,
    commitment: { nodes: 0.37, postgres: 0.25 },
  },
  eks: {
    asOf: '2025-10-20',
    region: 'us-east-1',
    machineHour: { 'm7i.large': 0.1008, 'm7i.xlarge': 0.2016 },
    clusterHour: 0.1,
    postgresHour: { 'db.m7g.xlarge': 0.337, 'db.m7g.large': 0.168 },
    postgresStorageGbMonth: 0.115,
    highAvailabilityFactor: 2,
    backupGbMonth: 0.095,
    redisHour: { 'cache.m7g.large': 0.158, 'cache.t4g.small': 0.032 },
    redisReplicaFactor: 2,
    loadBalancerHour: 0.0225,
    natGatewayHour: 0.045,
    secretMonth: 0.4,
    logGb: 0.5,
    commitment: { nodes: 0.28, postgres: 0.3 },
  },
};

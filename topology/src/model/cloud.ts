import type { CloudTarget } from './environment.ts';
import type { NodePoolName } from './names.ts';

/** A machine as one cloud calls it. */
export type Machine = {
  readonly type: string;
  readonly vcpu: number;
  readonly memoryGb: number;
};

export type NodePoolSize = {
  readonly machine: Machine;
  /** Over all zones; the pools together stay within the cluster's bounds. */
  readonly nodesMin: number;
  readonly nodesMax: number;
};

/** What an environment's facts mean in the words of one cloud. */
export type CloudSizing = {
  readonly kind: CloudTarget['kind'];
  readonly nodePools: Readonly<Record<NodePoolName, NodePoolSize>>;
  /** The smallest offered machine that has the environment's processors and memory. */
  readonly postgres: Machine;
  /** Of each Redis node, and the port it answers TLS on. */
  readonly redis: { readonly type: string; readonly memoryMb: number; readonly port: number };
  readonly n8n: Machine;
  /** The project or account that keeps copies nobody of the environment can delete. */
  readonly backupAccount: string;
  readonly monthlyBudgetUsd: number;
  readonly logRetentionDays: number;
};

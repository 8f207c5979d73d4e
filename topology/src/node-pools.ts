import type { NodePoolName } from './model/names.ts';

export type NodeTaint = {
  readonly key: string;
  readonly value: NodePoolName;
  readonly effect: 'NoSchedule';
};

/** Of every node; a pod selects its pool by it and the taint of the pool has the same key. */
export const nodePoolLabel = 'maxai.io/node-pool';

/** The pool where the cluster's own pods and the operators live; they tolerate nothing of ours. */
const untainted: NodePoolName = 'services-pool';

export function nodePoolLabels(pool: NodePoolName): Record<string, string> {
  return { [nodePoolLabel]: pool };
}

/** What keeps others' pods off a pool; none on the pool that takes everything the cluster needs itself. */
export function nodePoolTaints(pool: NodePoolName): NodeTaint[] {
  return pool === untainted ? [] : [{ key: nodePoolLabel, value: pool, effect: 'NoSchedule' }];
}

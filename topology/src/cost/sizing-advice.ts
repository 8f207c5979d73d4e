import type { Backend } from '../model/index.ts';

/** What was seen of one process over the time asked about. */
export type Saturation = {
  readonly service: string;
  /** Cores used by its busiest instance, 95th percentile. */
  readonly cpuCores: number;
  /** Resident memory of its largest instance, MiB. */
  readonly memoryMib: number;
  /** Callers waiting for a database connection at the worst moment. */
  readonly waitingForDatabase: number;
  readonly instances: number;
};

export type SizingAdvice = {
  readonly service: string;
  readonly observed: string;
  readonly advice: string;
};

const tight = 0.85;
const idle = 0.25;

function cpuAdvice({ cpuCores, instances }: Saturation, { scaling, name }: Backend): string | null {
  if (cpuCores < tight) return null;
  return instances < scaling.max
    ? `its autoscaler has ${scaling.max - instances} pods left: wait for it`
    : `raise scaling.max of ${name} (Node.js uses one core: more pods help, larger ones do not); when its pool has no node left, take the next machine`;
}

function memoryAdvice({ memoryMib }: Saturation, { resources }: Backend): string | null {
  const { memoryLimitMib, memoryRequestMib } = resources;
  if (memoryMib > tight * memoryLimitMib) {
    return `raise memoryLimitMib from ${memoryLimitMib} to ${Math.ceil((memoryMib * 1.5) / 64) * 64}, or it is killed when it grows`;
  }
  return memoryMib < idle * memoryRequestMib
    ? `lower memoryRequestMib from ${memoryRequestMib} to ${Math.max(64, Math.ceil((memoryMib * 1.5) / 64) * 64)}: the node holds more pods`
    : null;
}

function databaseAdvice({ waitingForDatabase }: Saturation): string | null {
  return waitingForDatabase === 0
    ? null
    : 'raise database.poolMax; when PgBouncer is at its bound as well, take the next PostgreSQL instance';
}

/** What to change about the size of processes that were seen at their limits, or far below them. */
export function sizingAdvice(
  seen: readonly Saturation[],
  backends: readonly Backend[],
): SizingAdvice[] {
  return seen.flatMap((saturation) => {
    const backend = backends.find(({ name }) => name === saturation.service);
    if (backend === undefined) return [];
    const { service, cpuCores, memoryMib, waitingForDatabase } = saturation;
    const found: [string, string | null][] = [
      [`${cpuCores.toFixed(2)} cores`, cpuAdvice(saturation, backend)],
      [`${Math.round(memoryMib)} MiB`, memoryAdvice(saturation, backend)],
      [`${waitingForDatabase} callers waiting for the database`, databaseAdvice(saturation)],
    ];
    return found.flatMap(([observed, advice]) =>
      advice === null ? [] : [{ service, observed, advice }],
    );
  });
}

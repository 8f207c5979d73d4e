import type { RenderedObject } from './rendered-object.ts';

/** The most that something may ask of its namespace at once. */
export type Footprint = {
  readonly pods: number;
  readonly cpuMillicores: number;
  readonly cpuLimitMillicores: number;
  readonly memoryRequestMib: number;
  readonly memoryLimitMib: number;
  readonly diskMib: number;
  readonly storageMib: number;
};

const nothing: Footprint = {
  pods: 0,
  cpuMillicores: 0,
  cpuLimitMillicores: 0,
  memoryRequestMib: 0,
  memoryLimitMib: 0,
  diskMib: 0,
  storageMib: 0,
};

export function sumOf(footprints: readonly Footprint[]): Footprint {
  return footprints.reduce(
    (sum, one) => ({
      pods: sum.pods + one.pods,
      cpuMillicores: sum.cpuMillicores + one.cpuMillicores,
      cpuLimitMillicores: sum.cpuLimitMillicores + one.cpuLimitMillicores,
      memoryRequestMib: sum.memoryRequestMib + one.memoryRequestMib,
      memoryLimitMib: sum.memoryLimitMib + one.memoryLimitMib,
      diskMib: sum.diskMib + one.diskMib,
      storageMib: sum.storageMib + one.storageMib,
    }),
    nothing,
  );
}

type Quantities = Readonly<Record<string, string>>;
type Spec = {
  readonly replicas?: number;
  readonly strategy?: {
    readonly blueGreen?: object;
    readonly canary?: { readonly trafficRouting?: object };
  };
  readonly template?: {
    readonly spec: {
      readonly containers: readonly {
        readonly resources: { readonly requests: Quantities; readonly limits: Quantities };
      }[];
    };
  };
  readonly volumeClaimTemplates?: readonly {
    readonly spec: { readonly resources: { readonly requests: Quantities } };
  }[];
  readonly scaleTargetRef?: { readonly name: string };
  readonly maxReplicas?: number;
  readonly maxReplicaCount?: number;
};

function specOf({ object }: RenderedObject): Spec {
  return object['spec'] ?? {};
}

/** Whole mebibytes or thousandths of a core; our objects use no other units than these. */
function amount(quantity = '0'): number {
  const scale: Readonly<Record<string, number>> = { Gi: 1024, m: 1, Mi: 1 };
  const [, digits = '0', unit = ''] = /^(\d+)(\w*)$/.exec(quantity) ?? [];
  return Number(digits) * (scale[unit] ?? 1000);
}

/** What scales each workload, by namespace and name. */
export type Scalers = ReadonlyMap<string, Spec>;

export function scalersOf(objects: readonly RenderedObject[]): Scalers {
  return new Map(
    objects.toReversed().flatMap((one) => {
      const spec = specOf(one);
      const { scaleTargetRef } = spec;
      const { namespace } = one.object.metadata;
      return scaleTargetRef === undefined ? [] : [[`${namespace}/${scaleTargetRef.name}`, spec]];
    }),
  );
}

function scaledTo(workload: RenderedObject, scalers: Scalers): number {
  const { namespace, name } = workload.object.metadata;
  const scaler = scalers.get(`${namespace}/${name}`);
  return scaler?.maxReplicas ?? scaler?.maxReplicaCount ?? specOf(workload).replicas ?? 1;
}

/** The old version that is kept, the one that runs and the one that comes may each be at their most. */
const versionsAtOnce = 3;

function podsOf(workload: RenderedObject, scalers: Scalers): number {
  const most = scaledTo(workload, scalers);
  const { strategy } = specOf(workload);
  const keepsOld = Boolean(strategy?.blueGreen ?? strategy?.canary?.trafficRouting);
  if (keepsOld) return most * versionsAtOnce;
  return workload.object.kind === 'Rollout' || workload.object.kind === 'Deployment'
    ? most + 1
    : most;
}

/** What one object's pods and disks may take; nothing for what has neither. */
export function footprintOf(workload: RenderedObject, scalers: Scalers): Footprint {
  const { template, volumeClaimTemplates = [] } = specOf(workload);
  if (template === undefined) return nothing;
  const pods = podsOf(workload, scalers);
  const sum = (bound: 'requests' | 'limits', resource: string) =>
    template.spec.containers.reduce(
      (total, { resources }) => total + amount(resources[bound][resource]),
      0,
    ) * pods;
  return {
    pods,
    cpuMillicores: sum('requests', 'cpu'),
    cpuLimitMillicores: sum('limits', 'cpu'),
    memoryRequestMib: sum('requests', 'memory'),
    memoryLimitMib: sum('limits', 'memory'),
    diskMib: sum('limits', 'ephemeral-storage'),
    storageMib:
      pods *
      volumeClaimTemplates.reduce(
        (total, { spec }) => total + amount(spec.resources.requests['storage']),
        0,
      ),
  };
}

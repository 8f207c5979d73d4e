import { migrationEntry, operationsImage, provisioningEntry } from '@maxai/topology/image-names';
import { environmentPrefix, type Deployable, type Platform } from '@maxai/topology/model';

/** Loaded before the program where traces are collected. */
const tracingEntry = 'packages/runtime/src/tracing/index.ts';

/** One container image; a service's carries its worker and its migrations as further entries. */
export type ImagePlan = {
  readonly name: string;
  readonly kind: 'service' | 'web';
  /** Files of the repository that a container of it can load; the first is what it runs unasked. */
  readonly entries: readonly [] | readonly [string, ...string[]];
  /** Files and folders that the code reads while it runs. */
  readonly assets: readonly string[];
  readonly port: number;
  readonly healthPath: string;
  /** The variable that tells the process which address to listen on. */
  readonly hostVariable: string;
};

/** What `--import=@maxai/runtime/tracing` loads, where an environment collects traces. */
const tracing = 'packages/runtime/src/tracing/index.ts';

function listening({ name, port, probes }: Deployable) {
  return {
    port,
    healthPath: probes.readiness,
    hostVariable: `${environmentPrefix(name)}_HOST`,
  };
}

/** Every image of the platform, from what the topology says runs. */
export function imagePlans({
  services,
  workers,
  webApps,
  edge,
  sandbox,
}: Platform): readonly ImagePlan[] {
  const ofServices = services.map((service): ImagePlan => {
    const folder = `services/${service.name}`;
    const hasWorker = workers.some((worker) => worker.service === service.name);
    return {
      name: service.name,
      kind: 'service',
      entries: [
        `${folder}/main.ts`,
        ...(hasWorker ? [`${folder}/worker.ts`] : []),
        ...(service.database === null ? [] : [migrationEntry(service.name)]),
        tracing,
        tracingEntry,
      ],
      assets: service.database === null ? [] : [`${folder}/db/migrations`],
      ...listening(service),
    };
  });
  const ofWebApps = webApps.map((app): ImagePlan => ({
    name: app.name,
    kind: 'web',
    entries: [],
    assets: [`apps/${app.name}`],
    ...listening(app),
    hostVariable: 'HOSTNAME',
  }));
  const ofSandbox: ImagePlan = {
    name: sandbox.name,
    kind: 'service',
    entries: ['sandbox/main.ts'],
    assets: [],
    ...listening(sandbox),
  };
  const ofOperations: ImagePlan = {
    name: operationsImage,
    kind: 'service',
    entries: ['ops/src/edge/main.ts', provisioningEntry, tracing],
    assets: [],
    ...listening(edge),
  };
  return [...ofServices, ...ofWebApps, ofSandbox, ofOperations];
}

import type {
  CostCentre,
  DeployableName,
  NamespaceName,
  NodePoolName,
  ProviderName,
  QueueName,
  schemaOf,
  ServiceName,
  TeamName,
  WebAppName,
} from './names.ts';
import type { Settings } from './setting.ts';

/** What every deployable says about itself, whatever it is. */
type Described = {
  readonly purpose: string;
  readonly owner: TeamName;
  readonly costCentre: CostCentre;
  /** On a laptop with `MAXAI_PORT` at its default; the container listens on the same one. */
  readonly port: number;
  readonly probes: Probes;
  readonly settings: Settings;
};

/** Readiness checks dependencies; liveness never does, so that a slow database restarts nothing. */
export type Probes = {
  readonly readiness: `/${string}`;
  readonly liveness: `/${string}`;
  /** How long a process may take to drain before it is killed. */
  readonly drainSeconds: number;
};

export const standardProbes: Probes = {
  readiness: '/health',
  liveness: '/livez',
  drainSeconds: 30,
};

export type CpuScaling = {
  readonly metric: 'CPU';
  readonly min: number;
  readonly max: number;
  readonly targetPercent: number;
};

/** Jobs waiting per pod. */
export type QueueScaling = {
  readonly metric: 'queue depth';
  readonly min: number;
  readonly max: number;
  readonly targetJobs: number;
};

export type RequestScaling = {
  readonly metric: 'requests';
  readonly min: number;
  readonly max: number;
  readonly targetConcurrency: number;
};

export type Resources = {
  readonly cpuRequestMillicores: number;
  readonly memoryRequestMib: number;
  readonly memoryLimitMib: number;
  readonly ephemeralStorageMib: number;
};

/** Objectives over 30 days. */
export type ServiceLevel = {
  readonly availabilityPercent: number;
  readonly latencyP95Ms: number;
};

type Placed = {
  readonly namespace: NamespaceName;
  readonly nodePool: NodePoolName;
  readonly resources: Resources;
  readonly serviceLevel: ServiceLevel;
};

/** What a backend process reaches; everything undeclared is unreachable. */
type Reaching<N extends ServiceName> = {
  /** Edges to other services; each gives the caller a URL and the callee the caller's public key. */
  readonly calls: readonly Exclude<ServiceName, N>[];
  readonly providers: readonly ProviderName[];
  readonly produces: readonly QueueName[];
  readonly usesCache: boolean;
};

type SchemaOwnedBy<N extends ServiceName> = N extends keyof typeof schemaOf
  ? { readonly schema: (typeof schemaOf)[N]; readonly poolMax: number }
  : null;

type ServiceDefinition<N extends ServiceName> = Described &
  Placed &
  Reaching<N> & {
    readonly name: N;
    readonly exposure: 'public' | 'internal';
    readonly database: SchemaOwnedBy<N>;
    readonly usesQueue: boolean;
    readonly scaling: CpuScaling;
  };

type WorkerDefinition<N extends ServiceName> = Described &
  Placed &
  Reaching<N> & {
    readonly name: `${N}-worker`;
    readonly service: N;
    readonly consumes: readonly [QueueName, ...QueueName[]];
    readonly scaling: QueueScaling;
  };

type WebAppDefinition = Described & {
  readonly name: WebAppName;
  /** Where the app is mounted; also the prefix of its probes. */
  readonly basePath: '' | `/${string}`;
  /** Whether it renders pages that its instances are to share, in the folder its variable `_CACHE_FOLDER` names. */
  readonly sharesPages: boolean;
  readonly scaling: RequestScaling;
  readonly resources: Resources;
  readonly serviceLevel: ServiceLevel;
};

type ServiceOf<N extends ServiceName> = ServiceDefinition<N> & { readonly kind: 'service' };
type WorkerOf<N extends ServiceName> = WorkerDefinition<N> & { readonly kind: 'worker' };

export type Service = { [N in ServiceName]: ServiceOf<N> }[ServiceName];
/** The queue side of a service: same folder, schema and prefix; its own entry point and identity. */
export type Worker = { [N in ServiceName]: WorkerOf<N> }[ServiceName];
export type WebApp = WebAppDefinition & { readonly kind: 'web' };
/** The load balancer's stand-in on one machine; elsewhere the cloud's own takes its routes. */
export type Edge = Described & { readonly name: 'edge'; readonly kind: 'edge' };
/** The outside world in development; it exists nowhere else. */
export type Sandbox = Described & { readonly name: 'sandbox'; readonly kind: 'sandbox' };

export type Backend = Service | Worker;
export type Deployable = Service | Worker | WebApp | Edge | Sandbox;

export function defineService<const N extends ServiceName>(
  service: ServiceDefinition<N>,
): ServiceOf<N> {
  return { kind: 'service', ...service };
}

export function defineWorker<const N extends ServiceName>(
  worker: WorkerDefinition<N>,
): WorkerOf<N> {
  return { kind: 'worker', ...worker };
}

export function defineWebApp(app: WebAppDefinition): WebApp {
  return { kind: 'web', ...app };
}

export function defineEdge(edge: Omit<Edge, 'kind'>): Edge {
  return { kind: 'edge', ...edge };
}

export function defineSandbox(sandbox: Omit<Sandbox, 'kind'>): Sandbox {
  return { kind: 'sandbox', ...sandbox };
}

/** `webhook-ingress` → `WEBHOOK_INGRESS`; a worker reads the variables of its service. */
export function environmentPrefix(name: DeployableName): string {
  return name
    .replace(/-worker$/, '')
    .replaceAll('-', '_')
    .toUpperCase();
}

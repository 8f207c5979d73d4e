import type { QueueName } from '@maxai/contracts/jobs/queues';
import type { Edge, Sandbox, Service, WebApp, Worker } from './deployable.ts';
import type { Environment } from './environment.ts';
import type { DeployableName, NamespaceName, NodePoolName, ProviderName } from './names.ts';
import type { Secrets } from './secret.ts';

/** A path of the public URL and who answers it; the longest match wins. */
export type Route = {
  readonly path: '/' | `/${string}`;
  readonly to: DeployableName;
};

export type NodePool = {
  readonly purpose: string;
  readonly vcpu: { readonly min: number; readonly max: number };
  readonly memoryGb: { readonly min: number; readonly max: number };
};

export type ExternalHost = {
  readonly host: string;
  readonly purpose: string;
  /** What iam keeps, encrypted, for each connection a tenant makes. */
  readonly credential: 'API key' | 'OAuth tokens';
};

export type CacheUse = { readonly use: string; readonly ttlSeconds: number };

export type Platform = {
  readonly services: readonly Service[];
  readonly workers: readonly Worker[];
  readonly webApps: readonly WebApp[];
  readonly edge: Edge;
  readonly sandbox: Sandbox;
  readonly routes: readonly Route[];
  /** Which Redis each queue lives on: the one that never evicts. */
  readonly queues: Readonly<Record<QueueName, 'cache' | 'queue'>>;
  readonly cacheUses: readonly CacheUse[];
  readonly secrets: Secrets;
  readonly providers: Readonly<Record<ProviderName, ExternalHost>>;
  readonly namespaces: Readonly<Record<NamespaceName, string>>;
  readonly nodePools: Readonly<Record<NodePoolName, NodePool>>;
  readonly environments: readonly Environment[];
};

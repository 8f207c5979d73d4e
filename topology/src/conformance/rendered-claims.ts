import { podTemplateOf, specOf } from '../checks/rendered/rendered-fields.ts';
import type { KubernetesObject } from '../render/kubernetes/rendered-object.ts';
import { targetFolder } from '../render/kubernetes/render-targets.ts';
import type { RenderedCluster } from '../rendered-files.ts';
import { claims, duration, type Claim, type Facts } from './claim.ts';

type Scaler = {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly metrics: readonly {
    readonly resource: { readonly name: string; readonly target: { averageUtilization: number } };
  }[];
};
type Strategy = {
  readonly scaleDownDelaySeconds?: number;
  readonly steps?: readonly { readonly setWeight?: number }[];
};
type Rollout = { readonly strategy: { readonly canary?: Strategy; readonly blueGreen?: Strategy } };
type Variables = readonly { readonly name: string; readonly value?: string }[];

function ofKind(objects: readonly KubernetesObject[], kind: string): KubernetesObject[] {
  return objects.filter((object) => object.kind === kind);
}

function distinct<T>(values: readonly (T | undefined)[]): T[] {
  return [...new Set(values)].filter((value) => value !== undefined);
}

function scalingClaims(said: string, objects: readonly KubernetesObject[]): Claim[] {
  const rows = ofKind(objects, 'HorizontalPodAutoscaler').flatMap((object) => {
    const { minReplicas, maxReplicas, metrics } = specOf<Scaler>(object);
    // Of the web apps, which the document scales by requests, it has no row.
    if (object.metadata.namespace?.endsWith('-frontend')) return [];
    return metrics.map(
      ({ resource: { name, target } }) =>
        `| ${object.metadata.name} | ${name} | ${minReplicas} | ${maxReplicas} | ${target.averageUtilization}% |`,
    );
  });
  return claims(said, 'Horizontal Scaling (Auto-scaling)', rows);
}

function releaseClaims(said: string, objects: readonly KubernetesObject[]): Claim[] {
  const strategies = ofKind(objects, 'Rollout').map((object) => specOf<Rollout>(object).strategy);
  const firstWeights = strategies.map(({ canary }) => canary?.steps?.[0]?.setWeight);
  const lastWeights = strategies
    .map(({ canary }) => (canary?.steps ?? []).flatMap(({ setWeight = [] }) => setWeight))
    .flatMap((weights) => (weights.length > 1 ? weights.slice(-1) : []));
  const delays = strategies.map((each) => (each.canary ?? each.blueGreen)?.scaleDownDelaySeconds);
  return claims(said, 'Deployment Strategy', [
    ...distinct(firstWeights).map(
      (percent) => `- Route ${percent}% traffic to new version (canary)`,
    ),
    ...distinct(lastWeights).map((percent) => `- Route ${percent}% traffic if healthy`),
    ...distinct(delays).map(
      (seconds) => `- Keep old version for ${duration(seconds)} (rollback window)`,
    ),
  ]);
}

/** Seconds, from the environment of whichever process is given the variable. */
function secondsOf(objects: readonly KubernetesObject[], variable: RegExp): number[] {
  const values = objects.flatMap((object) =>
    (podTemplateOf(object)?.spec.containers ?? []).flatMap(({ env = [] }) =>
      (env as Variables)
        .filter(({ name }) => variable.test(name))
        .map(({ value }) => Number(value)),
    ),
  );
  return distinct(values);
}

function cacheClaims(
  said: string,
  objects: readonly KubernetesObject[],
  { platform }: Facts,
): Claim[] {
  const [, , limits] = platform.cacheUses;
  const sessions = secondsOf(objects, /_SESSION_TTL_SECONDS$/);
  const flags = secondsOf(objects, /_FLAG_TTL_SECONDS$/);
  return sessions.flatMap((session) =>
    flags.flatMap((flag) =>
      claims(said, 'Redis (Cache & Queue)', [
        `- **Cache**: Sessions (TTL ${duration(session)}), feature flags (TTL ${duration(flag)}), rate limits (TTL ${duration(limits?.ttlSeconds ?? 0)})`,
      ]),
    ),
  );
}

function poolClaims(
  said: string,
  objects: readonly KubernetesObject[],
  { platform }: Facts,
): Claim[] {
  const pooled = (object: KubernetesObject) => object.metadata.name === 'pgbouncer';
  const config = ofKind(objects, 'ConfigMap').find(pooled);
  const deployment = ofKind(objects, 'Deployment').find(pooled);
  if (config === undefined || deployment === undefined) return [];
  const text = JSON.stringify(config['data']);
  const setting = (name: string) => Number(new RegExp(`${name} = (\\d+)`).exec(text)?.[1]);
  const { replicas } = specOf<{ replicas: number }>(deployment);
  const schemas = platform.services.filter(({ database }) => database !== null).length;
  const held = setting('min_pool_size') * schemas * replicas;
  const bounds = platform.environments[0]?.postgres.pooledConnections;
  // Rounding up to whole connections for each schema may hold a few more than the least.
  const least = held >= (bounds?.min ?? 0) && held <= (bounds?.max ?? 0) ? bounds?.min : held;
  return claims(said, 'PostgreSQL (Primary Database)', [
    `**Connection Pooling**: PgBouncer (${least}-${setting('max_db_connections') * replicas} connections)`,
  ]);
}

function networkClaims(said: string, objects: readonly KubernetesObject[]): Claim[] {
  const types = distinct(
    ofKind(objects, 'Service').map((object) => specOf<{ type?: string }>(object).type),
  );
  return claims(
    said,
    'Firewall Rules',
    types.map((type) => `- **Internal Services**: Kubernetes internal networking (${type})`),
  );
}

function clusterClaims({ target, objects }: RenderedCluster, facts: Facts): Claim[] {
  const said = targetFolder(target);
  const all = objects.map(({ object }) => object);
  return [
    ...scalingClaims(said, all),
    ...releaseClaims(said, all),
    ...cacheClaims(said, all, facts),
    ...poolClaims(said, all, facts),
    ...networkClaims(said, all),
  ];
}

/** What is applied to production's clusters, as the document says it. */
export function renderedClaims(facts: Facts): Claim[] {
  return facts.clusters
    .filter(({ target }) => target.environment.name === 'production')
    .flatMap((cluster) => clusterClaims(cluster, facts));
}

import type {
  Backend,
  Environment,
  NamespaceName,
  Platform,
  SecretName,
  WebApp,
} from './model/index.ts';
import { monitoringNamespace } from './network/cluster-systems.ts';
import { callersOf } from './process-environment.ts';
import { migrationName, namespaceName } from './render/kubernetes/object-names.ts';
import { pgbouncer } from './render/kubernetes/platform-components.ts';
import { publicKeyEntry } from './render/kubernetes/secret-templates.ts';
import { secretReaders } from './secret-readers.ts';

/** Who pays and who answers, as every cloud resource is labelled. */
export type Charge = {
  readonly service: string;
  readonly owner: string;
  readonly costCentre: string;
};

/** What belongs to no deployable: network, cluster, databases, registries. */
export const platformCharge: Charge = {
  service: 'platform',
  owner: 'automation-team',
  costCentre: 'ops',
};

/** One process, or one job, as the cloud knows it. */
export type CloudIdentity = Charge & {
  /** Also its Kubernetes service account, where it runs in the cluster. */
  readonly name: string;
  /** `prod-services`; null for what runs outside the cluster. */
  readonly namespace: string | null;
  /** All it may read, and all it reads. */
  readonly secrets: readonly SecretName[];
  /** Entries with the public halves of its callers' keys. */
  readonly publicKeys: readonly string[];
};

type ReadBy = (reader: string) => SecretName[];

function chargeOf({ name, owner, costCentre }: Backend | WebApp): Charge {
  return { service: name, owner, costCentre };
}

function readBy(platform: Platform): ReadBy {
  const readers = [...secretReaders(platform)];
  return (reader) => readers.flatMap(([secret, by]) => (by.includes(reader) ? [secret] : []));
}

function clusterIdentities(platform: Platform, environment: Environment, secretsOf: ReadBy) {
  const at = (namespace: NamespaceName) => namespaceName(environment, namespace);
  const backends = [...platform.services, ...platform.workers].map((backend) => ({
    ...chargeOf(backend),
    name: backend.name,
    namespace: at(backend.namespace),
    secrets: secretsOf(backend.name),
    // A worker is called by nobody.
    publicKeys:
      backend.kind === 'worker'
        ? []
        : callersOf(platform, environment, backend.name).map((caller) => publicKeyEntry(caller)),
  }));
  const migrations = platform.services
    .filter(({ database }) => database !== null)
    .map((service) => ({
      ...chargeOf(service),
      name: migrationName(service.name),
      namespace: at(service.namespace),
      secrets: secretsOf(`migrations of ${service.name}`),
      publicKeys: [],
    }));
  const besides = ['provisioning', pgbouncer.name].map((name) => ({
    ...platformCharge,
    name,
    namespace: at('services'),
    secrets: secretsOf(name),
    publicKeys: [],
  }));
  const alerting = {
    ...platformCharge,
    name: 'alerting',
    namespace: monitoringNamespace,
    secrets: secretsOf('alerting'),
    publicKeys: [],
  };
  return [...backends, ...migrations, ...besides, alerting];
}

/** Every identity of an environment and exactly the secrets it reads; no two share one. */
export function cloudIdentities(platform: Platform, environment: Environment): CloudIdentity[] {
  const secretsOf = readBy(platform);
  const webApps = platform.webApps.map((app) => ({
    ...chargeOf(app),
    name: app.name,
    namespace: null,
    secrets: secretsOf(app.name),
    publicKeys: [],
  }));
  const n8n = {
    ...platformCharge,
    service: 'n8n',
    name: 'n8n',
    namespace: null,
    secrets: secretsOf('n8n'),
    publicKeys: [],
  };
  return [...clusterIdentities(platform, environment, secretsOf), ...webApps, n8n];
}

/** The secrets somebody reads in an environment, each once. */
export function secretsReadIn(platform: Platform, environment: Environment): SecretName[] {
  const read = cloudIdentities(platform, environment).flatMap(({ secrets }) => secrets);
  return [...new Set(read)].toSorted();
}

/** The public keys somebody checks callers with in an environment, each once, as entries of the secret store. */
export function publicKeysReadIn(platform: Platform, environment: Environment): string[] {
  const read = cloudIdentities(platform, environment).flatMap(({ publicKeys }) => publicKeys);
  return [...new Set(read)].toSorted();
}

/** On every cloud resource that takes labels or tags. */
export function cloudLabels(
  environment: Environment,
  { service, owner, costCentre }: Charge,
): Record<string, string> {
  return { environment: environment.shortName, service, 'cost-centre': costCentre, owner };
}

import type { RenderedObject } from './rendered-object.ts';

const annotation = 'argocd.argoproj.io/sync-wave';

/** The order of what has to be there before the first Job runs; the later of two numbers comes later, and the rest last. */
export const waves = {
  places: -6,
  rules: -5,
  secrets: -4,
  data: -3,
  provisioning: -2,
  migrations: -1,
} as const;

/** Applied one after another, each once the one before is healthy. */
export function wave(order: (typeof waves)[keyof typeof waves]): Record<string, string> {
  return { [annotation]: String(order) };
}

/** What governs or equips every pod, a Job's as much as any other. */
const orderOf: Readonly<Record<string, (typeof waves)[keyof typeof waves]>> = {
  Namespace: waves.places,
  PriorityClass: waves.places,
  ResourceQuota: waves.rules,
  LimitRange: waves.rules,
  NetworkPolicy: waves.rules,
  FQDNNetworkPolicy: waves.rules,
  ApplicationNetworkPolicy: waves.rules,
  PeerAuthentication: waves.rules,
  AuthorizationPolicy: waves.rules,
  DestinationRule: waves.rules,
  ValidatingAdmissionPolicy: waves.rules,
  ValidatingAdmissionPolicyBinding: waves.rules,
  ImageValidatingPolicy: waves.rules,
  ServiceAccount: waves.rules,
  Role: waves.rules,
  RoleBinding: waves.rules,
  ConfigMap: waves.rules,
  SecretStore: waves.rules,
  ExternalSecret: waves.secrets,
};

/** Says of each object when it is applied, unless it says so itself. */
export function inSyncWaves(objects: readonly RenderedObject[]): RenderedObject[] {
  return objects.map((one) => {
    const { metadata, kind } = one.object;
    const order = orderOf[kind];
    if (order === undefined) return one;
    const annotations = { ...wave(order), ...metadata.annotations };
    return { ...one, object: { ...one.object, metadata: { ...metadata, annotations } } };
  });
}

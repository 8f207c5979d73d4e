import type { KubernetesSchemas, Schema } from './schema.ts';

const text: Schema = { type: 'string' };
const whole: Schema = { type: 'integer', format: 'int32' };
const listOf = (items: Schema): Schema => ({ type: 'array', items });
const record = (properties: Record<string, Schema>, required: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  required,
});
const anyLabels: Schema = { type: 'object', additionalProperties: text };
const selector = record({
  matchLabels: anyLabels,
  matchExpressions: listOf(
    record({ key: text, operator: text, values: listOf(text) }, ['key', 'operator']),
  ),
});
const attribute = record({ key: text, value: text }, ['key', 'value']);
const metadata = record(
  { name: text, namespace: text, labels: anyLabels, annotations: anyLabels },
  ['name', 'namespace'],
);
const kind = (spec: Schema): Schema =>
  record({ apiVersion: text, kind: text, metadata, spec }, ['apiVersion', 'kind', 'spec']);

const fqdnNetworkPolicy = record(
  {
    podSelector: selector,
    egress: listOf(
      record(
        {
          matches: listOf(record({ name: text, pattern: text })),
          ports: listOf(record({ port: whole, protocol: text })),
        },
        ['matches'],
      ),
    ),
  },
  ['podSelector', 'egress'],
);

const port = record({
  protocol: text,
  endPort: whole,
  port: { type: 'string', format: 'int-or-string' },
});
const applicationPeer = record({
  podSelector: selector,
  namespaceSelector: selector,
  ipBlock: record({ cidr: text, except: listOf(text) }, ['cidr']),
  domainNames: listOf(text),
});
const applicationNetworkPolicy = record(
  {
    podSelector: selector,
    policyTypes: listOf(text),
    egress: listOf(record({ to: listOf(applicationPeer), ports: listOf(port) })),
  },
  ['podSelector'],
);

const loadBalancerConfiguration = record({
  scheme: text,
  loadBalancerName: text,
  loadBalancerAttributes: listOf(attribute),
  loadBalancerSubnetsSelector: { type: 'object', additionalProperties: listOf(text) },
  listenerConfigurations: listOf(
    record(
      {
        protocolPort: text,
        sslPolicy: text,
        alpnPolicy: text,
        listenerAttributes: listOf(attribute),
      },
      ['protocolPort'],
    ),
  ),
  sourceRanges: listOf(text),
  tags: anyLabels,
});

const targetGroupConfiguration = record(
  {
    targetReference: record({ group: text, kind: text, name: text }, ['name']),
    defaultConfiguration: record({
      targetType: text,
      protocol: text,
      protocolVersion: text,
      healthCheckConfig: record({
        healthCheckPath: text,
        healthCheckPort: text,
        healthCheckProtocol: text,
        healthCheckInterval: whole,
        healthCheckTimeout: whole,
        healthyThresholdCount: whole,
        unhealthyThresholdCount: whole,
        matcher: record({ httpCode: text, grpcCode: text }),
      }),
      targetGroupAttributes: listOf(attribute),
      tags: anyLabels,
    }),
  },
  ['targetReference'],
);

/** Kinds of the clouds that no package of models has, from the definitions their controllers install; of each the part in use. */
export const cloudKinds: KubernetesSchemas = {
  minor: 'of the clouds',
  kinds: {
    'networking.gke.io/v1alpha1/FQDNNetworkPolicy': 'FQDNNetworkPolicy',
    'networking.k8s.aws/v1alpha1/ApplicationNetworkPolicy': 'ApplicationNetworkPolicy',
    'gateway.k8s.aws/v1/LoadBalancerConfiguration': 'LoadBalancerConfiguration',
    'gateway.k8s.aws/v1/TargetGroupConfiguration': 'TargetGroupConfiguration',
  },
  definitions: {
    FQDNNetworkPolicy: kind(fqdnNetworkPolicy),
    ApplicationNetworkPolicy: kind(applicationNetworkPolicy),
    LoadBalancerConfiguration: kind(loadBalancerConfiguration),
    TargetGroupConfiguration: kind(targetGroupConfiguration),
  },
};

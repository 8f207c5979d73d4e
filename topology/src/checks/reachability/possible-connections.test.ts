import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openPorts, selected, type Endpoint, type Policy } from './policy-evaluator.ts';
import { possibleConnections } from './possible-connections.ts';

const apps = ['web', 'api', 'jobs'];
const namespaces = ['a', 'b'];
const ends: Endpoint[] = [
  ...namespaces.flatMap((namespace, place) =>
    apps.map((app, index) => ({
      name: app,
      namespace,
      labels: { app, tier: index === 0 ? 'front' : 'back' },
      address: `10.0.${place}.${index + 1}`,
    })),
  ),
  { name: 'outside', namespace: null, labels: {}, address: '198.51.100.7' },
  { name: 'beyond', namespace: null, labels: {}, address: '203.0.113.7' },
];

const selector = fc.oneof(
  fc.constant({}),
  fc.constantFrom(...apps).map((app) => ({ matchLabels: { app } })),
  fc.constantFrom(...apps).map((app) => ({ matchLabels: { tier: 'back', app } })),
  fc
    .constantFrom('In' as const, 'NotIn' as const)
    .map((operator) => ({ matchExpressions: [{ key: 'app', operator, values: ['web'] }] })),
);
const peer = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record({ podSelector: selector, namespaceSelector: fc.constant({}) }),
  fc.record({
    namespaceSelector: fc
      .constantFrom(...namespaces)
      .map((name) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } })),
  }),
  fc
    .constantFrom('10.0.0.0/24', '198.51.100.0/24', '0.0.0.0/0')
    .map((cidr) => ({ ipBlock: { cidr, except: ['203.0.113.0/24'] } })),
);
const peers = fc.array(peer, { maxLength: 2 });
const policy: fc.Arbitrary<Policy> = fc.record({
  namespace: fc.constantFrom(...namespaces),
  name: fc.constant('p'),
  spec: fc.record({
    podSelector: selector,
    policyTypes: fc.subarray(['Ingress', 'Egress']),
    ingress: fc.array(
      peers.map((from) => ({ from })),
      { maxLength: 2 },
    ),
    egress: fc.array(
      peers.map((to) => ({ to })),
      { maxLength: 2 },
    ),
  }),
});

it('are those that asking every pair finds, for any policies', () => {
  fc.assert(
    fc.property(fc.array(policy, { maxLength: 6 }), (policies) => {
      const possible = possibleConnections(
        ends.map((end) => ({ end, policies: policies.filter((one) => selected(one, end)) })),
      );
      for (const from of ends) {
        for (const to of ends) {
          const open = openPorts(policies, from, to).length > 0;
          expect([from, to, possible.get(from)?.has(to)]).toEqual([from, to, open]);
        }
      }
    }),
    { numRuns: 300 },
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cidrsOverlap } from '../../cidr.ts';
import {
  allowedPorts,
  matchesSelector,
  openPorts,
  type Endpoint,
  type LabelSelector,
  type Policy,
  type PolicyRule,
} from './policy-evaluator.ts';
import { everyPort } from './port-ranges.ts';

const pod = (namespace: string, app: string, address = '10.0.0.1'): Endpoint => ({
  name: app,
  namespace,
  labels: { app },
  address,
  namedPorts: { http: 80 },
});
const outside = (address: string): Endpoint => ({
  name: address,
  namespace: null,
  labels: {},
  address,
});
const policy = (spec: Policy['spec'], namespace = 'a'): Policy => ({ namespace, name: 'p', spec });
const tcp80 = [{ protocol: 'TCP', from: 80, to: 80 }];
const web = pod('a', 'web');
const client = pod('b', 'client', '10.0.0.2');

function ingress(rule: PolicyRule): Policy {
  return policy({ podSelector: {}, policyTypes: ['Ingress'], ingress: [rule] });
}

describe('a policy', () => {
  it('leaves a pod open that no policy selects', () => {
    const other = policy({ podSelector: { matchLabels: { app: 'other' } } });
    expect(openPorts([other], client, web)).toEqual(everyPort);
    expect(openPorts([policy({ podSelector: {} }, 'c')], client, web)).toEqual(everyPort);
  });

  it('closes a pod with no rule at all, in the directions it names', () => {
    const deny = policy({ podSelector: {}, policyTypes: ['Ingress'] });
    expect(openPorts([deny], client, web)).toEqual([]);
    expect(openPorts([deny], web, client)).toEqual(everyPort);
    expect(openPorts([policy({ podSelector: {}, policyTypes: ['Egress'] })], web, client)).toEqual(
      [],
    );
  });

  it('is about egress by default only when it has egress rules', () => {
    expect(openPorts([policy({ podSelector: {} })], web, client)).toEqual(everyPort);
    expect(openPorts([policy({ podSelector: {}, egress: [] })], web, client)).toEqual([]);
    expect(openPorts([policy({})], client, web)).toEqual([]);
  });

  it('allows everything with an empty rule and adds up with others', () => {
    const deny = policy({ podSelector: {}, policyTypes: ['Ingress'] });
    expect(openPorts([deny, ingress({})], client, web)).toEqual(everyPort);
    expect(openPorts([deny, ingress({ from: [], ports: [] })], client, web)).toEqual(everyPort);
  });

  it('needs both ends to agree', () => {
    const closed = policy({ podSelector: {}, policyTypes: ['Egress'] }, 'b');
    expect(openPorts([ingress({}), closed], client, web)).toEqual([]);
  });

  it.each([
    ['a number', { port: 80 }, tcp80],
    ['a name of the destination', { port: 'http' }, tcp80],
    ['a name that the destination lacks', { port: 'grpc' }, []],
    ['a range', { port: 80, endPort: 90 }, [{ protocol: 'TCP', from: 80, to: 90 }]],
    ['a protocol alone', { protocol: 'UDP' as const }, [{ protocol: 'UDP', from: 1, to: 65_535 }]],
  ])('takes %s as a port', (_what, port, open) => {
    expect(openPorts([ingress({ ports: [port] })], client, web)).toEqual(open);
    const egress = policy({ podSelector: {}, egress: [{ ports: [port] }] }, 'b');
    expect(openPorts([egress], client, web)).toEqual(open);
    expect(openPorts([egress], client, outside('1.1.1.1'))).toEqual(
      Object.values(port).includes('http') ? [] : open,
    );
  });

  it('looks for a peer in its own namespace unless it selects another', () => {
    const peers = (peer: object) => openPorts([ingress({ from: [peer] })], client, web).length > 0;
    const podSelector = { matchLabels: { app: 'client' } };
    const inB = { matchLabels: { 'kubernetes.io/metadata.name': 'b' } };
    expect(peers({ podSelector })).toBe(false);
    expect(peers({ podSelector, namespaceSelector: {} })).toBe(true);
    expect(peers({ podSelector, namespaceSelector: inB })).toBe(true);
    expect(peers({ podSelector: { matchLabels: { app: 'x' } }, namespaceSelector: inB })).toBe(
      false,
    );
    expect(peers({ namespaceSelector: { matchLabels: { team: 'b' } } })).toBe(false);
  });

  it('takes addresses with their exceptions, and no selector for an address outside', () => {
    const from = (end: Endpoint, peer: object) =>
      allowedPorts([ingress({ from: [peer] })], 'ingress', web, end).length > 0;
    const ipBlock = { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] };
    expect(from(outside('10.2.0.1'), { ipBlock })).toBe(true);
    expect(from(outside('10.1.0.1'), { ipBlock })).toBe(false);
    expect(from(outside('11.0.0.1'), { ipBlock: { cidr: '10.0.0.0/8' } })).toBe(false);
    expect(from(outside('10.2.0.1'), { namespaceSelector: {} })).toBe(false);
    expect(allowedPorts([ingress({})], 'ingress', outside('10.2.0.1'), web)).toEqual(everyPort);
  });
});

describe('a selector', () => {
  it.each([
    [{}, true],
    [{ matchLabels: { app: 'web' } }, true],
    [{ matchLabels: { app: 'web', tier: 'x' } }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'api'] }] }, true],
    [{ matchExpressions: [{ key: 'tier', operator: 'In', values: ['web'] }] }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, false],
    [{ matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['web'] }] }, true],
    [{ matchExpressions: [{ key: 'tier', operator: 'NotIn' }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'Exists' }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, false],
  ] satisfies [LabelSelector, boolean][])('%j', (selector, matches) => {
    expect(matchesSelector(selector, { app: 'web' })).toBe(matches);
  });
});

/** The rules as the API documents them, one packet at a time; shares nothing with the evaluator. */
function passes(policies: readonly Policy[], from: Endpoint, to: Endpoint, port: number): boolean {
  const labelled = (selector: LabelSelector | undefined, end: Endpoint) =>
    Object.entries(selector?.matchLabels ?? {}).every(([key, is]) => end.labels[key] === is);
  for (const [side, self, peer] of [
    ['egress', from, to],
    ['ingress', to, from],
  ] as const) {
    const mine = policies
      .filter(
        ({ namespace, spec }) => namespace === self.namespace && labelled(spec.podSelector, self),
      )
      .filter(({ spec }) => spec.policyTypes?.some((type) => type.toLowerCase() === side));
    let open = mine.length === 0;
    for (const { namespace, spec } of mine) {
      for (const rule of spec[side] ?? []) {
        const peers = (side === 'ingress' ? rule.from : rule.to) ?? [];
        let reached = peers.length === 0;
        for (const one of peers) {
          if (one.ipBlock) {
            const within = (cidr: string) => cidrsOverlap(cidr, `${peer.address}/32`);
            reached ||= within(one.ipBlock.cidr) && !(one.ipBlock.except ?? []).some(within);
          } else if (peer.namespace !== null) {
            const wanted = one.namespaceSelector
              ? one.namespaceSelector.matchLabels?.['kubernetes.io/metadata.name']
              : namespace;
            reached ||=
              (wanted === undefined || wanted === peer.namespace) &&
              labelled(one.podSelector, peer);
          }
        }
        const ports = rule.ports ?? [];
        const listed = ports.some(
          (each) => each.port === port || (Number(each.port) < port && port <= (each.endPort ?? 0)),
        );
        open ||= reached && (ports.length === 0 || listed);
      }
    }
    if (!open) return false;
  }
  return true;
}

const apps = fc.constantFrom('web', 'client', 'other');
const namespaces = fc.constantFrom('a', 'b');
const selectors = fc.oneof(
  fc.constant({}),
  apps.map((app) => ({ matchLabels: { app } })),
);
const peers = fc.oneof(
  fc.record(
    {
      podSelector: selectors,
      namespaceSelector: fc.oneof(
        fc.constant({}),
        namespaces.map((name) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } })),
      ),
    },
    { requiredKeys: ['podSelector'] },
  ),
  fc.constantFrom(
    { ipBlock: { cidr: '10.0.0.0/29' } },
    { ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/30'] } },
  ),
);
const ports = fc.constantFrom({ port: 80 }, { port: 443 }, { port: 80, endPort: 100 });
const rules = (side: 'from' | 'to') =>
  fc.array(
    fc.record({
      [side]: fc.array(peers, { maxLength: 2 }),
      ports: fc.array(ports, { maxLength: 2 }),
    }),
    { maxLength: 2 },
  );
const arbitraryPolicy = fc.record({
  namespace: namespaces,
  name: fc.constant('p'),
  spec: fc.record({
    podSelector: selectors,
    policyTypes: fc.subarray(['Ingress', 'Egress']),
    ingress: rules('from'),
    egress: rules('to'),
  }),
});
const arbitraryEnd = fc.oneof(
  fc
    .tuple(namespaces, apps, fc.integer({ min: 1, max: 9 }))
    .map(([namespace, app, last]) => pod(namespace, app, `10.0.0.${last}`)),
  fc.constantFrom(outside('10.0.0.5'), outside('93.184.215.14')),
);

it('agrees with a packet-by-packet reading of the API on any policies', () => {
  fc.assert(
    fc.property(
      fc.array(arbitraryPolicy, { maxLength: 4 }),
      arbitraryEnd,
      arbitraryEnd,
      fc.constantFrom(79, 80, 90, 100, 101, 443),
      (policies, from, to, port) => {
        const open = openPorts(policies, from, to).some(
          (range) => range.protocol === 'TCP' && range.from <= port && port <= range.to,
        );
        expect(open).toBe(passes(policies, from, to, port));
      },
    ),
    { numRuns: 2000 },
  );
});

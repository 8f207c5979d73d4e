import * as certificatemanager from '@pulumi/gcp/certificatemanager/index.js';
import * as compute from '@pulumi/gcp/compute/index.js';
import * as dns from '@pulumi/gcp/dns/index.js';
import { getOrganization, StackReference, type Output } from '@pulumi/pulumi';
import { gatewayNames, publicZone } from '@maxai/topology/entry-names';
import { required } from '@maxai/topology/required';
import type { GcpStack } from './gcp-stack.ts';

const hour = 3600;

/** The zone of the environment, signed; only Google may issue certificates for its names. */
export function createPublicZone({ environment, within, labels }: GcpStack): dns.ManagedZone {
  const zone = new dns.ManagedZone(
    'public',
    {
      name: 'public',
      dnsName: `${publicZone(environment)}.`,
      description: `Names of ${environment.name}`,
      dnssecConfig: { state: 'on' },
      labels: labels(),
    },
    within,
  );
  new dns.RecordSet(
    'issuers',
    {
      managedZone: zone.name,
      name: `${publicZone(environment)}.`,
      type: 'CAA',
      ttl: hour,
      rrdatas: ['0 issue "pki.goog"', '0 issuewild ";"'],
    },
    within,
  );
  return zone;
}

/** Production's zone hands the names of the other environments to their own zones. */
export function delegateZones(stack: GcpStack, zone: dns.ManagedZone): void {
  const { platform, environment, within } = stack;
  const parent = publicZone(environment);
  const children = platform.environments.filter(
    (other) => other.dns.length > 0 && publicZone(other).endsWith(`.${parent}`),
  );
  for (const child of children) {
    const reference = new StackReference(`${getOrganization()}/maxai-gcp/${child.name}`);
    new dns.RecordSet(
      `delegate-${child.name}`,
      {
        managedZone: zone.name,
        name: `${publicZone(child)}.`,
        type: 'NS',
        ttl: hour,
        // The other stack's output of this name is its zone's list of servers.
        rrdatas: reference.requireOutput('nameServers') as Output<string[]>,
      },
      within,
    );
  }
}

/** Proves that a name is ours, by a record in our zone; certificates renew themselves by it. */
export function authorizeName(
  { target, within, labels }: GcpStack,
  zone: dns.ManagedZone,
  host: string,
  regional = false,
): certificatemanager.DnsAuthorization {
  const authorization = new certificatemanager.DnsAuthorization(
    host,
    {
      name: host.replaceAll('.', '-'),
      domain: host,
      ...(regional ? { location: target.region, type: 'PER_PROJECT_RECORD' } : {}),
      labels: labels(),
    },
    within,
  );
  const record = authorization.dnsResourceRecords.apply(([first]) =>
    required(first, `Certificate Manager gave no record for ${host}`),
  );
  new dns.RecordSet(
    `authorize-${host}`,
    {
      managedZone: zone.name,
      name: record.apply(({ name }) => name),
      type: record.apply(({ type }) => type),
      ttl: 300,
      rrdatas: [record.apply(({ data }) => data)],
    },
    within,
  );
  return authorization;
}

/**
 * One managed certificate for every public name, in the map both load balancers use. The one in front calls an address
 * and so names no host when it greets the Gateway's: that gets the primary entry.
 */
export function createCertificates(stack: GcpStack, zone: dns.ManagedZone) {
  const { environment, within, labels } = stack;
  const names = environment.dns.map(({ name }) => name);
  const certificate = new certificatemanager.Certificate(
    'public',
    {
      name: 'public',
      managed: {
        domains: names,
        dnsAuthorizations: names.map((name) => authorizeName(stack, zone, name).id),
      },
      labels: labels(),
    },
    within,
  );
  const map = new certificatemanager.CertificateMap(
    'public',
    { name: gatewayNames.certificateMap, labels: labels() },
    within,
  );
  for (const name of names) {
    new certificatemanager.CertificateMapEntry(
      name,
      {
        name: name.replaceAll('.', '-'),
        map: map.name,
        hostname: name,
        certificates: [certificate.id],
        labels: labels(),
      },
      within,
    );
  }
  new certificatemanager.CertificateMapEntry(
    'primary',
    {
      name: 'primary',
      map: map.name,
      matcher: 'PRIMARY',
      certificates: [certificate.id],
      labels: labels(),
    },
    within,
  );
  return map;
}

/** Every name leads to the balancer in front; the Gateway's own address has none. */
export function createAddresses({ environment, within, labels }: GcpStack, zone: dns.ManagedZone) {
  const gateway = new compute.GlobalAddress(
    'gateway',
    { name: gatewayNames.address, labels: labels() },
    within,
  );
  const web = new compute.GlobalAddress('web', { name: 'maxai-web', labels: labels() }, within);
  for (const entry of environment.dns) {
    new dns.RecordSet(
      entry.name,
      {
        managedZone: zone.name,
        name: `${entry.name}.`,
        type: 'A',
        ttl: 300,
        rrdatas: [web.address],
      },
      within,
    );
  }
  return { gateway, web };
}

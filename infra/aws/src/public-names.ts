import * as acm from '@pulumi/aws/acm/index.js';
import * as lb from '@pulumi/aws/lb/index.js';
import * as route53 from '@pulumi/aws/route53/index.js';
import { getOrganization, StackReference, type Input, type Output } from '@pulumi/pulumi';
import { gatewayNames, publicZone } from '@maxai/topology/entry-names';
import { required } from '@maxai/topology/required';
import type { AwsStack } from './aws-stack.ts';

const hour = 3600;

/** The zone of the environment; only Amazon may issue certificates for its names. */
export function createPublicZone({ environment, within, tags }: AwsStack): route53.Zone {
  const name = publicZone(environment);
  const zone = new route53.Zone(
    'public',
    { name, comment: `Names of ${environment.name}`, tags: tags() },
    within,
  );
  new route53.Record(
    'issuers',
    {
      zoneId: zone.zoneId,
      name,
      type: 'CAA',
      ttl: hour,
      records: ['0 issue "amazon.com"', '0 issuewild ";"'],
    },
    within,
  );
  return zone;
}

/** Production's zone hands the names of the other environments to their own zones. */
export function delegateZones(stack: AwsStack, zone: route53.Zone): void {
  const { platform, environment, within } = stack;
  const parent = publicZone(environment);
  const children = platform.environments.filter(
    (other) => other.dns.length > 0 && publicZone(other).endsWith(`.${parent}`),
  );
  for (const child of children) {
    const reference = new StackReference(`${getOrganization()}/maxai-aws/${child.name}`);
    new route53.Record(
      `delegate-${child.name}`,
      {
        zoneId: zone.zoneId,
        name: publicZone(child),
        type: 'NS',
        ttl: hour,
        // The other stack's output of this name is its zone's list of servers.
        records: reference.requireOutput('nameServers') as Output<string[]>,
      },
      within,
    );
  }
}

/** A managed certificate for some names, proven by records in the zone and renewed by them. */
export function createCertificate(
  { within, tags }: AwsStack,
  zone: route53.Zone,
  name: string,
  hosts: readonly string[],
  region: string,
): Output<string> {
  const [domainName, ...subjectAlternativeNames] = hosts;
  const certificate = new acm.Certificate(
    name,
    {
      region,
      domainName: required(domainName, `No name for the certificate ${name}`),
      subjectAlternativeNames,
      validationMethod: 'DNS',
      keyAlgorithm: 'EC_prime256v1',
      tags: tags(),
    },
    within,
  );
  const records = hosts.map((host) => {
    const option = certificate.domainValidationOptions.apply((options) =>
      required(
        options.find((candidate) => candidate.domainName === host),
        `ACM gave no record for ${host}`,
      ),
    );
    return new route53.Record(
      `validate-${name}-${host}`,
      {
        zoneId: zone.zoneId,
        name: option.resourceRecordName,
        type: option.resourceRecordType,
        records: [option.resourceRecordValue],
        ttl: 300,
        allowOverwrite: true,
      },
      within,
    );
  });
  return new acm.CertificateValidation(
    name,
    {
      region,
      certificateArn: certificate.arn,
      validationRecordFqdns: records.map(({ fqdn }) => fqdn),
    },
    within,
  ).certificateArn;
}

export type Place = { readonly name: Input<string>; readonly zoneId: Input<string> };

export function createAlias(
  { within }: AwsStack,
  zone: route53.Zone,
  name: string,
  { name: target, zoneId }: Place,
): void {
  new route53.Record(
    name,
    {
      zoneId: zone.zoneId,
      name,
      type: 'A',
      aliases: [{ name: target, zoneId, evaluateTargetHealth: false }],
    },
    within,
  );
}

/** The private balancer the cluster made for its Gateway; null while it is not there. */
export function findGateway({ settings, within }: AwsStack) {
  return settings.gateway === 'planned'
    ? null
    : lb.getLoadBalancerOutput({ name: gatewayNames.address }, within);
}

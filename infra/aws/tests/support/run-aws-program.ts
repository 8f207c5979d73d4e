import { runtime, secret } from '@pulumi/pulumi';
import type { Platform } from '@maxai/topology/model';
import { platform } from '@maxai/topology/platform';
import { plain, Resources, type Registered } from '../../../tests/registered.ts';
import { withoutStackTraces } from '../../../tests/without-stack-traces.ts';
import { awsProgram } from '../../src/aws-program.ts';
import type { AwsSettings } from '../../src/settings.ts';

/** What Amazon would fill in, where the program passes it on. */
function computed(name: string, inputs: Record<string, unknown>): Record<string, unknown> {
  const hosts = [inputs['domainName'], ...((inputs['subjectAlternativeNames'] ?? []) as string[])];
  return {
    name,
    arn: `arn:aws:::${name}`,
    arnSuffix: `suffix/${name}`,
    address: `${name}.rds.example`,
    primaryEndpointAddress: `${name}.cache.example`,
    dnsName: `${name}.elb.example`,
    domainValidationOptions: hosts.map((domainName) => ({
      domainName,
      resourceRecordName: `_acme.${String(domainName)}`,
      resourceRecordType: 'CNAME',
      resourceRecordValue: 'validation.example',
    })),
    fqdn: String(inputs['name']),
    hostedZoneId: 'Z2FDTNDATAQYW2',
    identities: [{ oidcs: [{ issuer: 'https://oidc.example/id/1' }] }],
    latestVersion: 1,
    nameServers: ['ns-1.example', 'ns-2.example'],
    outputs: { nameServers: ['ns-staging.example'] },
    publicIp: '203.0.113.10',
    zoneId: `${name}-zone`,
    ...inputs,
    // A distribution's own name, which no input gives.
    ...(inputs['defaultCacheBehavior'] === undefined
      ? {}
      : { domainName: 'd1.cloudfront.example' }),
  };
}

export const settings: AwsSettings = {
  alertEmail: 'platform@maxai.io',
  postgresAdminPassword: secret('admin-password'),
  redisPasswords: { cache: secret('cache-password'), queue: secret('queue-password') },
  n8n: { image: '111111111111.dkr.ecr.us-east-1.amazonaws.com/platform/n8n@sha256:1' },
  operatorCidrs: ['198.51.100.0/24'],
  deployerRoleArn: 'arn:aws:iam::111111111111:role/maxai-deployer',
  vpn: {
    serverCertificateArn: 'arn:aws:acm:::certificate/server',
    clientRootCertificateArn: 'arn:aws:acm:::certificate/clients',
    clientCidr: '10.200.0.0/22',
  },
  frontends: { kind: 'fargate' },
  gateway: 'running',
  databaseReservation: { offeringId: 'offering-1' },
};

/** Runs the program as the engine does, with Amazon's answers made up, and returns what it registered. */
export async function runAwsProgram(
  environment: string,
  overrides: Partial<AwsSettings> = {},
  of: Platform = platform,
): Promise<Resources> {
  const registered: Registered[] = [];
  await runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs });
        return {
          id: `${name}-id`,
          state: computed(name, plain(inputs) as Record<string, unknown>),
        };
      },
      call: ({ inputs }) => ({
        arn: `arn:aws:::${String((inputs as { name?: string }).name)}`,
        dnsName: 'gateway.elb.example',
        zoneId: 'gateway-zone',
        value: 'ami-1',
      }),
    },
    'maxai-aws',
    environment,
    false,
    'organization',
  );
  await withoutStackTraces(async () => {
    await runtime.runInPulumiStack(async () =>
      awsProgram(of, environment, { ...settings, ...overrides }),
    );
    await runtime.disconnect();
  });
  return new Resources(registered);
}

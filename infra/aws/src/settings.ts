import type { Config, Output } from '@pulumi/pulumi';

/** What the model cannot know: contracts, people, addresses outside the platform, secrets. */
export type AwsSettings = {
  readonly alertEmail: string;
  readonly postgresAdminPassword: Output<string>;
  readonly redisPasswords: { readonly cache: Output<string>; readonly queue: Output<string> };
  readonly n8n: { readonly image: string };
  /** From where people and the pipeline reach the cluster's API. */
  readonly operatorCidrs: readonly string[];
  /** The role that the pipeline deploys with. */
  readonly deployerRoleArn: string;
  /** Certificates of the client VPN, kept in ACM: the endpoint's own and the one that signs the clients'. */
  readonly vpn: {
    readonly serverCertificateArn: string;
    readonly clientRootCertificateArn: string;
    readonly clientCidr: string;
  };
  readonly frontends:
    | { readonly kind: 'fargate' }
    | { readonly kind: 'vercel'; readonly hosts: Readonly<Record<string, string>> };
  /** The cluster makes the Gateway's load balancer; names can point at it once it is there. */
  readonly gateway: 'planned' | 'running';
  /** Reservations cannot be undone for a year, so buying them is said apart; null buys none. */
  readonly databaseReservation: { readonly offeringId: string } | null;
};

/** Reads the stack's configuration; Pulumi names a missing key and the command that sets it. */
export function readAwsSettings(config: Config): AwsSettings {
  return {
    alertEmail: config.require('alertEmail'),
    postgresAdminPassword: config.requireSecret('postgresAdminPassword'),
    redisPasswords: {
      cache: config.requireSecret('redisCachePassword'),
      queue: config.requireSecret('redisQueuePassword'),
    },
    n8n: config.requireObject('n8n'),
    operatorCidrs: config.requireObject('operatorCidrs'),
    deployerRoleArn: config.require('deployerRoleArn'),
    vpn: config.requireObject('vpn'),
    frontends: config.requireObject('frontends'),
    gateway: config.require<AwsSettings['gateway']>('gateway', {
      allowedValues: ['planned', 'running'],
    }),
    databaseReservation: config.requireObject('databaseReservation'),
  };
}

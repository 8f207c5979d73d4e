import type { Config, Output } from '@pulumi/pulumi';
import { required } from '@maxai/topology/required';

/** Web apps at Vercel, each under the host of its project there. */
type Vercel = { readonly kind: 'vercel'; readonly hosts: Readonly<Record<string, string>> };

/** What the model cannot know: contracts, people, addresses outside the platform, secrets. */
export type GcpSettings = {
  readonly billingAccount: string;
  /** Where budget and data-access alarms go. */
  readonly alertEmail: string;
  readonly postgresAdminPassword: Output<string>;
  /** What only the balancer in front knows and the Gateway asks for: 64 hexadecimal digits. */
  readonly entryToken: Output<string>;
  readonly n8n: { readonly image: string };
  /** The office at the other end of the tunnel to n8n. */
  readonly vpn: {
    readonly peerAddress: string;
    readonly peerCidrs: readonly string[];
    readonly peerAsn: number;
    readonly sharedSecret: Output<string>;
  };
  readonly frontends: Vercel | { readonly kind: 'cloud-run' };
  /** Commitments cannot be undone for a year, so buying them is said apart. */
  readonly purchaseCommitments: boolean;
};

/** Reads the stack's configuration; Pulumi names a missing key and the command that sets it. */
export function readGcpSettings(config: Config): GcpSettings {
  return {
    billingAccount: config.require('billingAccount'),
    alertEmail: config.require('alertEmail'),
    postgresAdminPassword: config.requireSecret('postgresAdminPassword'),
    entryToken: config.requireSecret('entryToken'),
    n8n: config.requireObject('n8n'),
    vpn: {
      ...config.requireObject<Omit<GcpSettings['vpn'], 'sharedSecret'>>('vpn'),
      sharedSecret: config.requireSecret('vpnSharedSecret'),
    },
    frontends: config.requireObject('frontends'),
    purchaseCommitments: config.requireBoolean('purchaseCommitments'),
  };
}

/** Where a web app answers at Vercel; throws with the command that says so. */
export function hostOf({ hosts }: Vercel, app: string): string {
  return required(
    hosts[app],
    `${app} has no host at Vercel: pulumi config set --path 'frontends.hosts.${app}' <host>`,
  );
}

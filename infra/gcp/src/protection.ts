import * as compute from '@pulumi/gcp/compute/index.js';
import { gatewayNames } from '@maxai/topology/entry-names';
import type { GcpStack } from './gcp-stack.ts';

/** TLS 1.3 and nothing older; Google demands the RESTRICTED profile for it. */
const tls = { minTlsVersion: 'TLS_1_3', profile: 'RESTRICTED' } as const;

export function createTlsPolicy({ within }: GcpStack) {
  return new compute.SSLPolicy('tls', { name: gatewayNames.tlsPolicy, ...tls }, within);
}

export function createRegionalTlsPolicy({ target, within }: GcpStack) {
  return new compute.RegionSslPolicy(
    'tls-internal',
    { name: `${gatewayNames.tlsPolicy}-internal`, region: target.region, ...tls },
    within,
  );
}

/** Attack patterns, watched and not blocked: prompts and webhooks lawfully hold what looks like code. */
const watched = ['sqli-v33-stable', 'xss-v33-stable', 'rce-v33-stable', 'lfi-v33-stable'];

/** Before the gateway's own limit per tenant: one address cannot flood the platform. */
export function createWebFirewall({ within, labels }: GcpStack) {
  const patterns = watched.map((pattern, index) => ({
    action: 'deny(403)',
    priority: 1000 + index,
    preview: true,
    description: `Watch ${pattern}`,
    match: { expr: { expression: `evaluatePreconfiguredWaf('${pattern}', {'sensitivity': 1})` } },
  }));
  return new compute.SecurityPolicy(
    'web',
    {
      name: 'maxai-web',
      type: 'CLOUD_ARMOR',
      adaptiveProtectionConfig: { layer7DdosDefenseConfig: { enable: true } },
      rules: [
        ...patterns,
        {
          action: 'throttle',
          priority: 2000,
          description: 'At most 3000 requests a minute from one address',
          match: { versionedExpr: 'SRC_IPS_V1', config: { srcIpRanges: ['*'] } },
          rateLimitOptions: {
            conformAction: 'allow',
            exceedAction: 'deny(429)',
            enforceOnKey: 'IP',
            rateLimitThreshold: { count: 3000, intervalSec: 60 },
          },
        },
        {
          action: 'allow',
          priority: 2_147_483_647,
          description: 'Everything else',
          match: { versionedExpr: 'SRC_IPS_V1', config: { srcIpRanges: ['*'] } },
        },
      ],
      labels: labels(),
    },
    within,
  );
}

/** What the balancer in front tells the Gateway's, so that it knows whom it hears from. */
export const entryHeader = 'x-maxai-entry';

/** What Cloud Armor asks of a request; throws for a word it cannot quote, with the command that makes one. */
export function entryRule(token: string): string {
  if (!/^[0-9a-f]{64}$/.test(token)) {
    throw new Error(
      'entryToken is not 64 hexadecimal digits: pulumi config set --secret entryToken "$(openssl rand -hex 32)"',
    );
  }
  return `request.headers['${entryHeader}'] == '${token}'`;
}

/** The Gateway has a public address, but answers the balancer in front and nobody else. */
export function createGatewayFirewall({ within, labels, settings }: GcpStack) {
  const anywhere = { versionedExpr: 'SRC_IPS_V1', config: { srcIpRanges: ['*'] } };
  return new compute.SecurityPolicy(
    'gateway',
    {
      name: gatewayNames.firewallPolicy,
      type: 'CLOUD_ARMOR',
      rules: [
        {
          action: 'allow',
          priority: 1000,
          description: 'What comes through the balancer in front',
          match: { expr: { expression: settings.entryToken.apply(entryRule) } },
        },
        {
          action: 'deny(403)',
          priority: 2_147_483_647,
          description: 'Everything else',
          match: anywhere,
        },
      ],
      labels: labels(),
    },
    within,
  );
}

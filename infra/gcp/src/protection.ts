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
      name: gatewayNames.firewallPolicy,
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

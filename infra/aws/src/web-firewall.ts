import * as wafv2 from '@pulumi/aws/wafv2/index.js';
import type { AwsStack } from './aws-stack.ts';

/** CloudFront's certificates and firewalls live in this region, wherever the platform is. */
export const edgeRegion = 'us-east-1';

/** Attack patterns, counted and not blocked: prompts and webhooks lawfully hold what looks like code. */
const watched = ['AWSManagedRulesCommonRuleSet', 'AWSManagedRulesSQLiRuleSet'];

function visibility(metricName: string) {
  return { cloudwatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName };
}

/** Before the gateway's own limit per tenant: one address cannot flood the platform. */
export function createWebFirewall({ within, tags }: AwsStack): wafv2.WebAcl {
  const name = 'maxai-web';
  return new wafv2.WebAcl(
    name,
    {
      name,
      scope: 'CLOUDFRONT',
      region: edgeRegion,
      defaultAction: { allow: {} },
      rules: [
        {
          name: 'one-address',
          priority: 0,
          action: { block: {} },
          // Over five minutes: 3000 a minute.
          statement: { rateBasedStatement: { limit: 15_000, aggregateKeyType: 'IP' } },
          visibilityConfig: visibility('one-address'),
        },
        ...watched.map((rules, index) => ({
          name: rules,
          priority: index + 1,
          overrideAction: { count: {} },
          statement: { managedRuleGroupStatement: { vendorName: 'AWS', name: rules } },
          visibilityConfig: visibility(rules),
        })),
      ],
      visibilityConfig: visibility(name),
      tags: tags(),
    },
    within,
  );
}

import type { Platform, ProviderName } from '../model/index.ts';
import { samplingPolicy } from '../observability/sampling-policy.ts';
import { releasePolicy } from '../release-policy.ts';
import { alertClaims } from './alert-claims.ts';
import { claims, type Claim, type Facts } from './claim.ts';

const said = 'the model';

/** What the document calls the providers. */
const providerNames: Readonly<Record<ProviderName, string>> = {
  google: 'Google',
  highlevel: 'GHL',
  stripe: 'Stripe',
  retell: 'Retell',
  twilio: 'Twilio',
  openrouter: 'OpenRouter',
};

function secretClaims({ secrets, providers }: Platform): Claim[] {
  const stored = new Set(Object.values(secrets).map(({ category }) => category));
  const keptBy = (credential: string) =>
    // The keys of the record are names of providers.
    (Object.keys(providerNames) as ProviderName[])
      .filter((name) => providers[name].credential === credential)
      .map((name) => providerNames[name])
      .join(', ');
  return claims(said, 'Secrets Management', [
    ...(stored.has('database credentials') ? ['- Database credentials'] : []),
    ...(stored.has('OAuth client secrets')
      ? [`- OAuth client secrets (${keptBy('OAuth tokens')})`]
      : []),
    ...(stored.has('JWT signing keys') ? ['- JWT signing keys'] : []),
    `- API keys (${keptBy('API key')})`,
    ...(stored.has('encryption keys') ? ['- Encryption keys'] : []),
  ]);
}

function costClaims({ environments, services, workers, edge }: Platform): Claim[] {
  const internal = services.filter(({ exposure }) => exposure === 'internal');
  const [first, second] = internal.map(({ name }) => name);
  const idle = new Map(environments.map((environment) => [environment.name, environment.idle]));
  const centres = new Set([...services, ...workers, edge].map(({ costCentre }) => costCentre));
  return [
    ...claims(said, 'Resource Tagging', [
      `- Environment (${environments.map(({ shortName }) => shortName).join(', ')})`,
      `- Service (${first}, ${second}, etc.)`,
      `- Cost center (${[...centres].join(', ')})`,
    ]),
    ...claims(said, 'Auto-Shutdown', [
      ...(idle.get('development') === 'off outside business hours'
        ? ['- **Development**: Shutdown non-prod clusters outside business hours']
        : []),
      ...(idle.get('staging') === 'minimum replicas outside business hours'
        ? ['- **Staging**: Scale down to min replicas outside business hours']
        : []),
    ]),
  ];
}

/** What the model says of scaling, releases, secrets and cost, as the document says it. */
export function operationClaims({ platform, coveragePercent }: Facts): Claim[] {
  const { canaryPercent, keepOldHours } = releasePolicy('production');
  return [
    ...claims(
      said,
      'Horizontal Scaling (Auto-scaling)',
      platform.services.map(
        ({ name, scaling: { metric, min, max, targetPercent } }) =>
          `| ${name} | ${metric} | ${min} | ${max} | ${targetPercent}% |`,
      ),
    ),
    ...claims('the gate of the tests', 'CI/CD Pipeline', [
      `UNIT -->|Coverage ≥${coveragePercent}%| CONTRACT[Contract Tests]`,
    ]),
    ...claims(said, 'Deployment Strategy', [
      `- Route ${canaryPercent}% traffic to new version (canary)`,
      `- Keep old version for ${keepOldHours}h (rollback window)`,
    ]),
    ...claims('the collector', 'Tracing (OpenTelemetry)', [
      `**Sampling**: ${samplingPolicy.errorsPercent}% for errors, ${samplingPolicy.successesPercent}% for successful requests (adjust based on volume)`,
    ]),
    ...alertClaims(platform),
    ...secretClaims(platform),
    ...costClaims(platform),
  ];
}

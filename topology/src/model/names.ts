export type { QueueName } from '@maxai/contracts/jobs/queues';

/** The schema each service owns; a service that is not here owns no table. */
export const schemaOf = {
  'webhook-ingress': 'ingress',
  iam: 'iam',
  'prompt-svc': 'prompt',
  orchestrator: 'orchestrator',
  'billing-usage': 'usage',
  payments: 'payments',
} as const;

export type StatefulServiceName = keyof typeof schemaOf;
export type SchemaName = (typeof schemaOf)[StatefulServiceName];
export type ServiceName = 'api-gateway' | StatefulServiceName;
export type WorkerName = `${ServiceName}-worker`;
export type WebAppName = 'portal-web' | 'admin-web';
export type DeployableName = ServiceName | WorkerName | WebAppName | 'edge' | 'sandbox';

/** Who signs identities: every process that calls (iam does not), and the command that provisions development. */
export type CallerName =
  | Exclude<ServiceName, 'iam' | 'billing-usage'>
  | CallingWorkerName
  | 'maxai-ops';
type CallingWorkerName = `${'orchestrator' | 'payments'}-worker`;

export type ProviderName = 'retell' | 'twilio' | 'highlevel' | 'google' | 'openrouter' | 'stripe';

export type SecretName =
  | 'postgres-admin-password'
  | `redis-${'cache' | 'queue'}-password`
  | `${SchemaName}-${'owner' | 'app'}-password`
  | `identity-${CallerName}`
  | `n8n-${'database-password' | 'encryption-key' | 'signing-key'}`
  | `alerting-${'pagerduty-key' | 'slack-url'}`
  | 'iam-encryption-key'
  | 'iam-oidc-client-secret'
  | 'sandbox-highlevel-signing-key';

export type NodePoolName = 'api-pool' | 'services-pool' | 'jobs-pool';
export type NamespaceName = 'frontend' | 'api' | 'services' | 'jobs';
export type TeamName =
  | 'edge-team'
  | 'identity-team'
  | 'automation-team'
  | 'billing-team'
  | 'web-team';
export type CostCentre = 'engineering' | 'ops';

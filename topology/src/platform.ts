import { adminWeb } from '../../apps/admin-web/deploy.ts';
import { portalWeb } from '../../apps/portal-web/deploy.ts';
import { edge } from '../../ops/src/edge/deploy.ts';
import { sandbox } from '../../sandbox/deploy.ts';
import { apiGateway } from '../../services/api-gateway/deploy.ts';
import { billingUsage, billingUsageWorker } from '../../services/billing-usage/deploy.ts';
import { iam } from '../../services/iam/deploy.ts';
import { orchestrator, orchestratorWorker } from '../../services/orchestrator/deploy.ts';
import { payments, paymentsWorker } from '../../services/payments/deploy.ts';
import { promptSvc } from '../../services/prompt-svc/deploy.ts';
import { webhookIngress } from '../../services/webhook-ingress/deploy.ts';
import { developmentEnvironment } from './environments/development.ts';
import { production } from './environments/production.ts';
import { staging } from './environments/staging.ts';
import type { Platform } from './model/index.ts';
import { secrets } from './secrets.ts';

/** The whole platform; what runs, what is rendered and what is checked is derived from it. */
export const platform: Platform = {
  services: [apiGateway, webhookIngress, iam, promptSvc, orchestrator, billingUsage, payments],
  workers: [orchestratorWorker, billingUsageWorker, paymentsWorker],
  webApps: [portalWeb, adminWeb],
  edge,
  sandbox,
  routes: [
    { path: '/', to: 'portal-web' },
    { path: '/admin', to: 'admin-web' },
    { path: '/api/*', to: 'api-gateway' },
    { path: '/webhooks/*', to: 'webhook-ingress' },
  ],
  queues: {
    'webhook-processing': 'queue',
    'flow-execution': 'queue',
    'usage-aggregation': 'queue',
    'payment-events': 'queue',
  },
  cacheUses: [
    { use: 'Sessions', ttlSeconds: 86_400 },
    { use: 'Feature flags', ttlSeconds: 300 },
    { use: 'Rate limits', ttlSeconds: 60 },
  ],
  secrets,
  providers: {
    retell: { host: 'api.retellai.com', purpose: 'Voice', credential: 'API key' },
    twilio: { host: 'api.twilio.com', purpose: 'Messaging', credential: 'API key' },
    highlevel: {
      host: 'services.leadconnectorhq.com',
      purpose: 'CRM (GoHighLevel)',
      credential: 'OAuth tokens',
    },
    google: { host: 'www.googleapis.com', purpose: 'Calendar', credential: 'OAuth tokens' },
    openrouter: { host: 'openrouter.ai', purpose: 'Language models', credential: 'API key' },
    stripe: { host: 'api.stripe.com', purpose: 'Payments', credential: 'OAuth tokens' },
  },
  namespaces: {
    frontend: 'portal-web, admin-web',
    api: 'api-gateway',
    services: 'iam, prompt-svc, orchestrator and the other services',
    jobs: 'Background job workers',
  },
  nodePools: {
    'api-pool': {
      purpose: 'API gateway, public-facing services',
      vcpu: { min: 2, max: 4 },
      memoryGb: { min: 8, max: 16 },
    },
    'services-pool': {
      purpose: 'Backend services',
      vcpu: { min: 2, max: 4 },
      memoryGb: { min: 8, max: 16 },
    },
    'jobs-pool': {
      purpose: 'Background jobs, batch processing',
      vcpu: { min: 1, max: 2 },
      memoryGb: { min: 4, max: 8 },
    },
  },
  environments: [
    production,
    staging,
    developmentEnvironment({
      portOffset: 0,
      publicUrl: `http://localhost:${edge.port}`,
      sandboxUrl: `http://127.0.0.1:${sandbox.port}`,
    }),
  ],
};

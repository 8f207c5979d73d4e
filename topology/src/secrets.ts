import type { CallerName, SchemaName, Secret, Secrets } from './model/index.ts';

function ownerPassword(schema: SchemaName): Secret {
  return {
    kind: 'password',
    category: 'database credentials',
    purpose: `Owns and migrates schema ${schema}`,
  };
}

function appPassword(schema: SchemaName): Secret {
  return {
    kind: 'password',
    category: 'database credentials',
    purpose: `Reads and writes schema ${schema} at run time`,
  };
}

function signingKey(caller: CallerName): Secret {
  return {
    kind: 'ed25519-jwk',
    category: 'JWT signing keys',
    purpose: `Signs the calls of ${caller}`,
  };
}

/** Every secret of the platform; who reads which follows from the settings and edges that name it. */
export const secrets: Secrets = {
  'postgres-admin-password': {
    kind: 'password',
    category: 'database credentials',
    purpose: 'Provisions roles and schemas; no process runs with it',
  },
  'redis-cache-password': {
    kind: 'password',
    category: 'database credentials',
    purpose: 'Opens the Redis of sessions, flags and limits; the one on a laptop asks for none',
  },
  'redis-queue-password': {
    kind: 'password',
    category: 'database credentials',
    purpose: 'Opens the Redis of the queues; the one on a laptop asks for none',
  },
  'ingress-owner-password': ownerPassword('ingress'),
  'ingress-app-password': appPassword('ingress'),
  'iam-owner-password': ownerPassword('iam'),
  'iam-app-password': appPassword('iam'),
  'prompt-owner-password': ownerPassword('prompt'),
  'prompt-app-password': appPassword('prompt'),
  'orchestrator-owner-password': ownerPassword('orchestrator'),
  'orchestrator-app-password': appPassword('orchestrator'),
  'usage-owner-password': ownerPassword('usage'),
  'usage-app-password': appPassword('usage'),
  'payments-owner-password': ownerPassword('payments'),
  'payments-app-password': appPassword('payments'),
  'n8n-database-password': {
    kind: 'password',
    category: 'database credentials',
    purpose: "Owns n8n's own database in the shared PostgreSQL",
  },
  'n8n-encryption-key': {
    kind: 'random-256-base64',
    category: 'encryption keys',
    purpose: "Wraps what n8n's workflows store; lost, every credential in n8n is lost",
  },
  'n8n-signing-key': {
    kind: 'random-256-base64',
    category: 'workflow keys',
    purpose:
      'Signs the start of every workflow; n8n keeps it as a credential and runs nothing unsigned',
  },
  'alerting-pagerduty-key': {
    kind: 'external',
    category: 'alert receivers',
    purpose: "Pages whoever is on call, through PagerDuty's Events API",
    developmentValue: 'sandbox-routing-key',
  },
  'alerting-slack-url': {
    kind: 'external',
    category: 'alert receivers',
    purpose: 'Posts warnings to a channel; whoever knows the address may post there',
    developmentValue: 'http://sandbox/slack/services/platform',
  },
  'identity-api-gateway': signingKey('api-gateway'),
  'identity-webhook-ingress': signingKey('webhook-ingress'),
  'identity-prompt-svc': signingKey('prompt-svc'),
  'identity-orchestrator': signingKey('orchestrator'),
  'identity-orchestrator-worker': signingKey('orchestrator-worker'),
  'identity-payments-worker': signingKey('payments-worker'),
  'identity-payments': signingKey('payments'),
  'identity-maxai-ops': signingKey('maxai-ops'),
  'sandbox-highlevel-signing-key': {
    kind: 'ed25519-jwk',
    category: 'sandbox keys',
    purpose: 'Signs the webhooks of the HighLevel that development talks to',
  },
  'iam-encryption-key': {
    kind: 'random-256-base64',
    category: 'encryption keys',
    purpose: 'Wraps the key of every stored provider credential',
  },
  'iam-oidc-client-secret': {
    kind: 'external',
    category: 'OAuth client secrets',
    purpose: 'Proves the platform to the OpenID Connect issuer (Google)',
    developmentValue: 'maxai-development-client-secret',
  },
};

import { demoAgency } from './demo-accounts.ts';
import type { DemoState } from './demo-state.ts';

export type DemoCredentials = ReturnType<typeof describeCredentials>;

/** Everything a caller needs to act as the demo agency or as one of its providers. */
export function describeCredentials(demo: DemoState, url: string) {
  const login = (email: string, role: string, path: string) => ({
    email,
    role,
    url: `${url}${path}`,
    how: 'Press Continue with your work account and enter the email; no password is asked.',
  });
  return {
    url,
    tenantId: demo.tenantId,
    clientId: demo.clientId,
    subscriptionId: demo.subscriptionId,
    apiKey: demo.apiKey,
    connections: demo.connections.map(({ provider, id, signingSecret }) => ({
      provider,
      id,
      /** Null for a provider that posts no webhooks. */
      webhookUrl: signingSecret === null ? null : `${url}/webhooks/${provider}/${id}`,
      signingSecret,
    })),
    logins: [
      login(demoAgency.ownerEmail, 'owner', '/'),
      login(demoAgency.viewerEmail, 'viewer', '/'),
      login(demoAgency.staffEmail, 'staff', '/admin'),
    ],
  };
}

/** The credentials as a person reads them. */
export function formatCredentials(credentials: DemoCredentials): string {
  const { url, tenantId, clientId, apiKey, connections, logins } = credentials;
  return [
    `${demoAgency.name} at ${url}`,
    '',
    `API key   ${apiKey}`,
    `tenant    ${tenantId}`,
    `client    ${clientId} (${demoAgency.clientName})`,
    '',
    'Webhooks',
    ...connections
      .filter(({ signingSecret }) => signingSecret !== null)
      .flatMap(({ webhookUrl, signingSecret }) => [
        `  ${webhookUrl}`,
        `    signed with ${signingSecret}`,
      ]),
    '',
    'Sign in with one of these emails; no password is asked',
    ...logins.map(({ email, role, url: at }) => `  ${email.padEnd(24)}${role.padEnd(8)}${at}`),
  ].join('\n');
}

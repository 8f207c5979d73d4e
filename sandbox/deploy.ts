import {
  defineSandbox,
  fromEnvironment,
  secret,
  standardProbes,
  underPublicUrl,
} from '../topology/src/model/index.ts';

export const sandbox = defineSandbox({
  name: 'sandbox',
  purpose: 'The outside world: providers that sign and answer like the real ones',
  owner: 'automation-team',
  costCentre: 'ops',
  port: 4100,
  probes: standardProbes,
  settings: {
    OIDC_CLIENT_ID: fromEnvironment('oidcClientId'),
    OIDC_CLIENT_SECRET: secret('iam-oidc-client-secret'),
    HIGHLEVEL_SIGNING_KEY: secret('sandbox-highlevel-signing-key'),
    N8N_SIGNING_KEY: secret('n8n-signing-key'),
    OIDC_REDIRECT_URIS: underPublicUrl('/api/auth/callback'),
  },
});

/** The credentials each provider of the sandbox accepts; throw-away values that open nothing else. */
export type SandboxAccounts = {
  readonly retell: { readonly apiKey: string };
  readonly twilio: { readonly accountSid: string; readonly authToken: string };
  readonly highlevel: { readonly token: string; readonly locationId: string };
  readonly stripe: { readonly apiKey: string; readonly webhookSecret: string };
  readonly openrouter: { readonly apiKey: string };
  readonly n8n: { readonly signingKey: string };
  readonly google: {
    readonly clientId: string;
    readonly clientSecret: string;
    readonly refreshToken: string;
  };
};

export const sandboxAccounts: SandboxAccounts = {
  retell: { apiKey: 'key_sandbox_retell' },
  twilio: {
    accountSid: 'AC00000000000000000000000000000001',
    authToken: 'sandbox-twilio-auth-token',
  },
  highlevel: { token: 'pit-sandbox-highlevel', locationId: 'loc_sandbox' },
  stripe: { apiKey: 'sk_test_sandbox', webhookSecret: 'whsec_sandbox' },
  openrouter: { apiKey: 'sk-or-v1-sandbox' },
  n8n: { signingKey: 'sandbox-n8n-signing-key' },
  google: {
    clientId: 'sandbox.apps.googleusercontent.example',
    clientSecret: 'GOCSPX-sandbox',
    refreshToken: '1//sandbox-refresh-token',
  },
};

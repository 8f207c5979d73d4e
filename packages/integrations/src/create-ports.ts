import type { ConnectionSecrets } from '@maxai/contracts/http/iam';
import type { Provider } from '@maxai/contracts/schemas';
import type { Clock } from '@maxai/kernel/clock';
import { AppError } from '@maxai/kernel/errors';
import type { AdapterConfig } from './adapter-config.ts';
import { createGoogleCalendar } from './adapters/google/google-calendar.ts';
import { createHighlevelCrm } from './adapters/highlevel/highlevel-crm.ts';
import { createN8nWorkflow } from './adapters/n8n/n8n-workflow.ts';
import { createOpenrouterLlm } from './adapters/openrouter/openrouter-llm.ts';
import { createRetellVoice } from './adapters/retell/retell-voice.ts';
import { createStripePayment } from './adapters/stripe/stripe-payment.ts';
import { createTwilioMessaging } from './adapters/twilio/twilio-messaging.ts';
import type { PortName, Ports } from './ports.ts';

/** Where each provider's API is, without a trailing slash; `googleToken` is the whole token endpoint. */
export type ProviderBaseUrls = {
  readonly retell: string;
  readonly twilio: string;
  readonly highlevel: string;
  readonly stripe: string;
  readonly openrouter: string;
  readonly google: string;
  readonly n8n: string;
  readonly googleToken: string;
};

export const productionBaseUrls: ProviderBaseUrls = {
  retell: 'https://api.retellai.com',
  twilio: 'https://api.twilio.com',
  highlevel: 'https://services.leadconnectorhq.com',
  stripe: 'https://api.stripe.com',
  openrouter: 'https://openrouter.ai/api/v1',
  google: 'https://www.googleapis.com',
  n8n: 'https://n8n.maxai.io',
  googleToken: 'https://oauth2.googleapis.com/token',
};

/** Which provider stands behind a port. */
export const portProviders = {
  voice: 'retell',
  messaging: 'twilio',
  crm: 'highlevel',
  calendar: 'google',
  llm: 'openrouter',
  payment: 'stripe',
  workflow: 'n8n',
} as const satisfies Record<PortName, Provider>;

export type PortConnection = Pick<ConnectionSecrets, 'provider' | 'account' | 'credentials'>;

export type PortEnvironment = {
  readonly baseUrls: ProviderBaseUrls;
  readonly fetch?: typeof globalThis.fetch;
  readonly clock?: Clock;
};

type Factories = {
  readonly [Name in PortName]: (config: AdapterConfig, urls: ProviderBaseUrls) => Ports[Name];
};

const factories: Factories = {
  voice: createRetellVoice,
  messaging: createTwilioMessaging,
  crm: createHighlevelCrm,
  calendar: (config, { googleToken }) => createGoogleCalendar({ ...config, tokenUrl: googleToken }),
  llm: createOpenrouterLlm,
  payment: createStripePayment,
  workflow: createN8nWorkflow,
};

/**
 * One port of a connection. `conflict` when the connection's provider has no such port, or lacks a
 * credential. Keep the result while the connection is unchanged: it remembers OAuth access tokens.
 */
export function createPort<Name extends PortName>(
  name: Name,
  connection: PortConnection,
  { baseUrls, ...environment }: PortEnvironment,
): Ports[Name] {
  const provider = portProviders[name];
  if (connection.provider !== provider) {
    throw new AppError('conflict', {
      detail: `a ${connection.provider} connection has no ${name} port: use a ${provider} connection`,
    });
  }
  const { account, credentials } = connection;
  return factories[name](
    { baseUrl: baseUrls[provider], account, credentials, ...environment },
    baseUrls,
  );
}

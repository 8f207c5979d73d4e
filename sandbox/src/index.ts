import { systemClock, type Clock } from '@maxai/kernel/clock';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Provider } from 'oidc-provider';
import { sandboxAccounts, type SandboxAccounts } from './accounts.ts';
import { controlRoutes } from './control/control-routes.ts';
import { signWebhook, type DeliverInput, type SignedWebhook } from './control/deliver.ts';
import { google } from './google/google.ts';
import { highlevel } from './highlevel/highlevel.ts';
import { FaultBook } from './http/fault-book.ts';
import { registerProvider } from './http/register-provider.ts';
import { RequestLog } from './http/request-log.ts';
import { nestForm } from './json-body.ts';
import { n8n } from './n8n/n8n.ts';
import { createOidc, type OidcOptions } from './oidc/create-oidc.ts';
import { oidcRoutes } from './oidc/oidc-routes.ts';
import { pagerduty } from './on-call/pagerduty.ts';
import { slack } from './on-call/slack.ts';
import { openrouter } from './openrouter/openrouter.ts';
import { retell } from './retell/retell.ts';
import { createSandboxState, type SandboxState } from './sandbox-state.ts';
import { generateHighLevelKeyPair, type HighLevelKeyPair } from './signing/highlevel.ts';
import { stripe } from './stripe/stripe.ts';
import { twilio } from './twilio/twilio.ts';
import type { World } from './world.ts';

export { sandboxAccounts, type SandboxAccounts } from './accounts.ts';
export { demoUsers, type DemoUser } from './oidc/demo-users.ts';
export type { DeliverableEvent, DeliverInput, SignedWebhook } from './control/deliver.ts';

export type SandboxOptions = {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** Address to listen on; loopback by default. */
  readonly host?: string;
  /** How the outside reaches it; by default the address it listens on. */
  readonly publicUrl?: string;
  readonly clock?: Clock;
  readonly accounts?: Partial<SandboxAccounts>;
  readonly highlevelKeys?: HighLevelKeyPair;
  /** Requests per 10 s before HighLevel answers 429; 100 as the real one. */
  readonly highlevelBurstMax?: number;
  readonly oidc?: Partial<OidcOptions>;
};

export type Sandbox = {
  /** The base every provider's prefix is appended to, for example `${url}/twilio`. */
  readonly url: string;
  /** The OpenID issuer, `${url}/oidc`. */
  readonly issuer: string;
  readonly accounts: SandboxAccounts;
  readonly highlevelKeys: HighLevelKeyPair;
  readonly oidc: OidcOptions;
  readonly state: SandboxState;
  /** A webhook built and signed as the provider would, not sent. */
  readonly sign: (input: DeliverInput) => SignedWebhook;
  readonly close: () => Promise<void>;
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text);
  } catch {
    throw Object.assign(new Error('The body is not valid JSON'), { statusCode: 400 });
  }
}

function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    async (_request: FastifyRequest, text: string) => parseJson(text),
  );
  app.addContentTypeParser<string>(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_request: FastifyRequest, text: string) => nestForm(new URLSearchParams(text)),
  );
}

/** Starts the outside world: seven providers, an OpenID provider and the control API. */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const clock = options.clock ?? systemClock;
  const world: World = {
    clock,
    accounts: { ...sandboxAccounts, ...options.accounts },
    highlevelKeys: options.highlevelKeys ?? generateHighLevelKeyPair(),
    requests: new RequestLog(clock),
    faults: new FaultBook(),
    highlevelBurstMax: options.highlevelBurstMax ?? 100,
  };
  const state = createSandboxState();
  const app = fastify({
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true },
    genReqId: () => crypto.randomUUID(),
  });
  readBodies(app);
  let provider: Provider | undefined;
  oidcRoutes(app, () => (provider ??= createOidc(issuer, oidc)));
  for (const path of ['/health', '/livez']) app.get(path, async () => ({ status: 'ok' }));
  controlRoutes(app, world, state);
  for (const definition of [
    retell(world, state.retell),
    twilio(world, state.twilio),
    highlevel(world, state.highlevel),
    stripe(world, state.stripe, state.idempotency.keys),
    openrouter(world, state.openrouter),
    google(world, state.google),
    n8n(world, state.n8n),
    pagerduty(state.pagerduty),
    slack(state.slack),
  ]) {
    await registerProvider(app, world, definition);
  }
  const address = await app.listen({
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
  });
  const url = options.publicUrl ?? address;
  const oidc = {
    clientId: 'maxai',
    clientSecret: 'sandbox-oidc-client-secret',
    redirectUris: ['http://localhost:8080/api/auth/callback'],
    ...options.oidc,
  };
  const issuer = `${url}/oidc`;
  return {
    url,
    issuer,
    accounts: world.accounts,
    highlevelKeys: world.highlevelKeys,
    oidc,
    state,
    sign: (input) => signWebhook(world, state, input),
    close: () => app.close(),
  };
}

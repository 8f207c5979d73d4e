import { getUsageSummary } from '@maxai/contracts/http/billing-usage';
import * as iam from '@maxai/contracts/http/iam';
import { getTrialBalance } from '@maxai/contracts/http/payments';
import { createPrompt } from '@maxai/contracts/http/prompt-svc';
import type { Identity } from '@maxai/kernel/access';
import { fixedClock } from '@maxai/kernel/clock';
import { AppError } from '@maxai/kernel/errors';
import { newId } from '@maxai/kernel/ids';
import { createCache, type Cache } from '@maxai/runtime/cache';
import { implement } from '@maxai/runtime/http';
import {
  mintCallers,
  mintTenantId,
  processSettingsForTest,
  quietLogger,
  someone,
  startNeighbour,
} from '@maxai/runtime/testing';
import type { FastifyRequest } from 'fastify';
import { createHash, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { createApiGateway, type ApiGatewayConfig } from '../src/index.ts';

export const ownOrigin = processSettingsForTest.publicUrl;
/** 20 seconds into a minute. */
export const startedAt = new Date('2026-11-20T10:00:20.000Z');
/** Nothing listens on port 1 of the loopback. */
export const nowhere = '127.0.0.1:1';

/** What the neighbour's new API keys are. */
export const mintedSecret = 'mxk_shown-this-once';

const timestamp = startedAt.toISOString();
const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');

export type Seen = {
  readonly operation: string;
  readonly identity: Identity;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
};

export type Gateway = Awaited<ReturnType<typeof startGateway>>;

/** The gateway with neighbours that keep what reached them and answer from the contracts' schemas. */
export async function startGateway(cacheUrl: string, overrides: Partial<ApiGatewayConfig> = {}) {
  const callers = await mintCallers('api-gateway');
  const clock = fixedClock(startedAt);
  const cache: Cache = createCache({ url: cacheUrl, commandTimeoutMs: 200 });
  const principals = new Map<string, iam.Principal>();
  const seen: Seen[] = [];
  let beforeAnswer: () => Promise<void> = () => Promise.resolve();

  async function keep(
    operation: string,
    input: { identity: Identity; request: FastifyRequest; body: unknown },
  ): Promise<void> {
    const { identity, request, body } = input;
    seen.push({ operation, identity, headers: request.headers, body });
    await beforeAnswer();
  }

  const iamNeighbour = await startNeighbour('iam', callers, (app) => {
    implement(app, iam.resolvePrincipal, async (input) => {
      seen.push({ operation: 'resolvePrincipal', headers: input.request.headers, ...input });
      const { kind, secretHash } = input.body;
      const principal = principals.get(secretHash);
      if (!principal) {
        throw new AppError(kind === 'session' ? 'session_expired' : 'api_key_invalid');
      }
      await cache.set(`principal:${secretHash}`, principal, 60).catch(() => undefined);
      return principal;
    });
    implement(app, iam.startLogin, async ({ reply, ...input }) => {
      await keep('startLogin', input);
      return reply
        .header('set-cookie', ['state=1; HttpOnly', 'verifier=2; HttpOnly'])
        .redirect('https://identity.example/authorize');
    });
    implement(app, iam.listClients, async (input) => {
      await keep('listClients', input);
      return { items: [], nextCursor: null };
    });
    implement(app, iam.createApiKey, async (input) => {
      await keep('createApiKey', input);
      if (input.body.role === 'nobody') throw new AppError('invalid_request');
      return {
        id: newId('apiKey'),
        name: input.body.name,
        hint: 'mxk_shown',
        role: input.body.role,
        createdAt: timestamp,
        expiresAt: null,
        revokedAt: null,
        secret: mintedSecret,
      };
    });
    implement(app, iam.setFlag, async (input) => {
      await keep('setFlag', input);
      return { key: input.params.key, enabled: input.body.enabled, reason: 'tenant' };
    });
    implement(app, iam.logout, async (input) => {
      await keep('logout', input);
      return {};
    });
    implement(app, iam.listTenants, async (input) => {
      await keep('listTenants', input);
      return { items: [], nextCursor: null };
    });
  });
  const promptSvc = await startNeighbour('prompt-svc', callers, (app) => {
    implement(app, createPrompt, async (input) => {
      await keep('createPrompt', input);
      return {
        id: newId('prompt'),
        clientId: null,
        name: input.body.name,
        latest: {
          id: newId('promptVersion'),
          number: 1,
          template: input.body.template,
          variablesSchema: {},
          createdAt: timestamp,
        },
        productionVersion: null,
        createdAt: timestamp,
      };
    });
  });
  const payments = await startNeighbour('payments', callers, (app) => {
    implement(app, getTrialBalance, async (input) => {
      await keep('getTrialBalance', input);
      return { accounts: [], sum: { currency: 'USD', amount: '0.00' }, sums: [] };
    });
  });
  const billing = await startNeighbour('billing-usage', callers, (app) => {
    implement(app, getUsageSummary, () =>
      Promise.reject(new AppError('conflict', { retryAfterSeconds: 7 })),
    );
  });
  const gateway = await createApiGateway(
    {
      ...processSettingsForTest,
      cacheUrl,
      identityPrivateJwk: callers.privateJwk('api-gateway'),
      iamUrl: iamNeighbour.url,
      promptSvcUrl: promptSvc.url,
      webhookIngressUrl: `http://${nowhere}`,
      orchestratorUrl: `http://${nowhere}`,
      billingUsageUrl: billing.url,
      paymentsUrl: payments.url,
      rateLimitPerMinute: 1000,
      unknownCredentialsPerMinute: 1000,
      trustedProxies: 1,
      allowedOrigins: 'https://portal.example, https://admin.example',
      bodyLimitBytes: 2048,
      upstreamTimeoutMs: 2000,
      ...overrides,
    },
    { clock, logger: quietLogger },
  );

  function register(
    secret: string,
    principal: Omit<iam.Principal, 'identity'> & { identity: Identity },
  ): void {
    // The wire's identity is the kernel's, with arrays that may be written to.
    const identity = structuredClone(principal.identity) as iam.Principal['identity'];
    principals.set(hashOf(secret), { ...principal, identity });
  }

  return {
    url: gateway.url,
    cache,
    clock,
    seen,
    /** How often an operation was reached. */
    count: (operation: string) => seen.filter((call) => call.operation === operation).length,
    /** Makes the neighbours wait before they answer. */
    holdAnswers(wait: () => Promise<void>): void {
      beforeAnswer = wait;
    },
    /** A new API key's secret. */
    mintKey(identity: Identity = someone(mintTenantId(), 'owner'), expiresAt?: string): string {
      const secret = `mxk_${randomUUID()}`;
      const actor = { kind: 'api-key' as const, id: newId('apiKey') };
      register(secret, {
        identity: { ...identity, actor },
        credentialId: actor.id,
        expiresAt: expiresAt ?? null,
      });
      return secret;
    },
    /** A new session's token. */
    mintSession(identity: Identity = someone(mintTenantId(), 'owner')): string {
      const token = randomUUID();
      const expiresAt = new Date(startedAt.getTime() + 3_600_000).toISOString();
      register(token, { identity, credentialId: newId('session'), expiresAt });
      return token;
    },
    /** What iam does when it revokes. */
    async revoke(secret: string): Promise<void> {
      principals.delete(hashOf(secret));
      await cache.delete(`principal:${hashOf(secret)}`);
    },
    request(path: string, init: RequestInit = {}): Promise<Response> {
      return fetch(`${gateway.url}${path}`, { redirect: 'manual', ...init });
    },
    async close(): Promise<void> {
      await gateway.close();
      for (const neighbour of [iamNeighbour, promptSvc, payments, billing]) await neighbour.close();
      await cache.close();
    },
    beginDrain: () => gateway.beginDrain(),
    iam: iamNeighbour,
  };
}

export const withKey = (secret: string) => ({ authorization: `Bearer ${secret}` });
export const withSession = (token: string) => ({ cookie: `maxai_session=${token}` });

/** The status and the problem's code, or its absence. */
export async function outcomeOf(response: Response): Promise<[number, string | undefined]> {
  const body = (await response.json()) as { code?: string };
  return [response.status, body.code];
}

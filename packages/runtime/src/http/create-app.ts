import { notFound } from '@maxai/kernel/errors';
import { newId } from '@maxai/kernel/ids';
import { acceptCorrelationId, continueTrace } from '@maxai/kernel/trace-context';
import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { IdentityVerifier } from '../identity/index.ts';
import { activeTraceparent, atMostEvery, type Logger, type Metrics } from '../telemetry/index.ts';
import { resumeContext, type MutableContext } from '../telemetry/request-context.ts';
import { reportHealth, sampleHealth, type HealthCheck } from './health.ts';
import { problemOf, toAppError } from './problem.ts';
import { releaseConnections } from './release-connections.ts';
import { compilersFactory } from './schema-compilers.ts';

declare module 'fastify' {
  interface FastifyInstance {
    identityVerifier: IdentityVerifier | undefined;
    /** From now on `/health` answers 503. */
    beginDrain: () => void;
  }
  interface FastifyRequest {
    context: MutableContext;
  }
}

export type App = FastifyInstance;

export type AppOptions = {
  readonly service: string;
  readonly version: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Dependencies by name; `/health` answers 503 and names the one that fails. */
  readonly health: Readonly<Record<string, HealthCheck>>;
  /** Paths whose requests another process logs already; here they are logged when they fail. */
  readonly loggedElsewhere?: RegExp;
  /** Needed by {@link implement}; processes without operations leave it out. */
  readonly identity?: IdentityVerifier;
  readonly bodyLimitBytes?: number;
  /** Proxies in front that are believed about who asks; the network lets nobody else in. None by default. */
  readonly trustedProxies?: number;
};

const healthIntervalMs = 5000;

/** Every other method is counted as one, or whoever invents methods would invent series. */
const countedMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

const quietPaths = new Set(['/health', '/livez', '/metrics']);

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function pathOf(request: FastifyRequest): string {
  return request.url.replace(/\?.*$/s, '');
}

function newContext(request: FastifyRequest): MutableContext {
  return {
    correlationId:
      acceptCorrelationId(headerOf(request, 'x-correlation-id')) ?? newId('correlation'),
    traceparent: activeTraceparent() ?? continueTrace(headerOf(request, 'traceparent')),
    tracestate: headerOf(request, 'tracestate'),
  };
}

function enter(request: FastifyRequest, reply: FastifyReply): void {
  request.context = newContext(request);
  void reply.header('x-correlation-id', request.context.correlationId);
}

function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = toAppError(error);
  if (problem.status >= 500) {
    resumeContext(request.context, () => {
      request.log.error({ err: problem, cause: problem.cause, code: problem.code }, problem.title);
    });
  }
  if (problem.retryAfterSeconds !== undefined) {
    void reply.header('retry-after', String(problem.retryAfterSeconds));
  }
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .send(JSON.stringify(problemOf(problem, pathOf(request), request.context.correlationId)));
}

/**
 * The HTTP side of a process: request context, RFC 9457 errors, validation, one log line a request,
 * `/health` (dependencies), `/livez` (the process only) and `/metrics`.
 */
export async function createApp(options: AppOptions): Promise<App> {
  const { logger, metrics, service, version, trustedProxies = 0 } = options;
  let draining = false;
  const isQuiet = (path: string, status: number) =>
    quietPaths.has(path) || (status < 500 && options.loggedElsewhere?.test(path) === true);
  const loggerInstance: FastifyBaseLogger = logger;
  const app: App = fastify({
    loggerInstance,
    // A request's lines carry its correlation id; the framework would add an id of its own.
    childLoggerFactory: (parent) => parent,
    logController: new LogController({ disableRequestLogging: true }),
    schemaController: { compilersFactory },
    bodyLimit: options.bodyLimitBytes ?? 1024 * 1024,
    trustProxy: (_address, hop) => hop < trustedProxies,
    requestTimeout: 30_000,
    // A path that cannot be routed gets here before any hook has run.
    frameworkErrors: (error, request, reply) => {
      enter(request, reply);
      sendProblem(error, request, reply);
    },
    return503OnClosing: false,
    forceCloseConnections: 'idle',
  });
  releaseConnections(app);
  app.decorate('identityVerifier', options.identity);
  app.decorate('beginDrain', () => {
    draining = true;
  });
  app.decorateRequest('context');
  app.setErrorHandler(sendProblem);
  app.setNotFoundHandler((request, reply) => sendProblem(notFound(), request, reply));

  app.addHook('onRequest', (request, reply, done) => {
    enter(request, reply);
    resumeContext(request.context, done);
  });
  // Reading a body goes through stream events, which run outside the context of onRequest.
  app.addHook('preValidation', (request, _reply, done) => resumeContext(request.context, done));
  // A connection that is kept open would keep a process that has nothing left to do.
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (draining) void reply.header('connection', 'close');
    done(null, payload);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unmatched';
    const method = countedMethods.has(request.method) ? request.method : 'OTHER';
    const durationMs = reply.elapsedTime;
    metrics.httpRequestDuration.observe(
      { method, route, status: String(reply.statusCode) },
      durationMs / 1000,
    );
    const path = pathOf(request);
    resumeContext(request.context, () => {
      logger[isQuiet(path, reply.statusCode) ? 'debug' : 'info'](
        {
          method: request.method,
          path,
          status: reply.statusCode,
          duration_ms: Math.round(durationMs),
        },
        'Request processed',
      );
      done();
    });
  });

  metrics.healthChecks.ask(
    atMostEvery(() => sampleHealth(options.health), {
      intervalMs: healthIntervalMs,
      patienceMs: healthIntervalMs,
    }),
  );
  app.get('/livez', () => ({ status: 'ok' }));
  app.get('/health', async (_request, reply) => {
    const report = await reportHealth({ service, version, draining }, options.health);
    return reply.code(report.status === 'ok' ? 200 : 503).send(report);
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  return Promise.resolve(app);
}

/** Starts listening; port 0 takes a free one. Returns the address it is reached at. */
export async function listen(app: App, at: { host: string; port: number }): Promise<string> {
  return app.listen({ host: at.host, port: at.port });
}

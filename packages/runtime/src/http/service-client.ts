import type { BodyOf, Operation, ParamsOf, QueryOf, ResultOf } from '@maxai/contracts/operation';
import type { Problem } from '@maxai/contracts/schemas';
import type { Identity } from '@maxai/kernel/access';
import { AppError, errorCatalogue, type ErrorCode } from '@maxai/kernel/errors';
import { Pool, type Dispatcher } from 'undici';
import { identityHeader, type IdentitySigner } from '../identity/index.ts';
import { currentContext, outgoingTrace } from '../telemetry/index.ts';
import { exchange } from './exchange.ts';

export type CallInput<O extends Operation> = {
  readonly identity: Identity;
  readonly params?: ParamsOf<O>;
  readonly query?: QueryOf<O>;
  readonly body?: BodyOf<O>;
};

export type ServiceClient = {
  /**
   * Calls an operation of the target on behalf of `identity`. Throws the target's own error code,
   * `service_unavailable` when it cannot be reached, `upstream_timeout` when it is too slow.
   */
  call<O extends Operation>(operation: O, input: CallInput<O>): Promise<ResultOf<O>>;
  /** Rejects unless the target's process answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
};

export type ServiceClientOptions = {
  readonly target: string;
  readonly baseUrl: string;
  readonly signer: IdentitySigner;
  readonly timeoutMs?: number;
  readonly connectionsMax?: number;
};

function pathWith(operation: Operation, params: Record<string, unknown>): string {
  return operation.path.replaceAll(/\{(\w+)\}/g, (_match, name: string) =>
    encodeURIComponent(String(params[name])),
  );
}

function searchOf(query: Record<string, unknown>): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)]));
  return pairs.length > 0 ? `?${search.toString()}` : '';
}

function isKnownCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCatalogue, code);
}

function errorFrom(target: string, status: number, body: string): AppError {
  try {
    const problem = JSON.parse(body) as Partial<Problem>;
    if (isKnownCode(problem.code)) {
      return new AppError(problem.code, {
        ...(problem.detail !== undefined && { detail: problem.detail }),
        ...(problem.errors !== undefined && { errors: problem.errors }),
      });
    }
  } catch {
    // Not JSON: whatever stands between us and the service answered.
  }
  return new AppError('service_unavailable', { cause: new Error(`${target} answered ${status}`) });
}

/** A typed client of one service, over kept-alive connections. */
export function createServiceClient(options: ServiceClientOptions): ServiceClient {
  const timeoutMs = options.timeoutMs ?? 5000;
  const pool = new Pool(options.baseUrl, {
    connections: options.connectionsMax ?? 32,
    connect: { timeout: Math.min(timeoutMs, 2000) },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });

  async function send(request: Dispatcher.DispatchOptions) {
    try {
      const { status, body } = await exchange(pool, request, { timeoutMs });
      return { status, text: body.toString() };
    } catch (cause) {
      const late = cause instanceof Error && /Timeout/.test(cause.name);
      throw new AppError(late ? 'upstream_timeout' : 'service_unavailable', {
        detail: `${options.target} did not answer`,
        cause,
      });
    }
  }

  return {
    async call(operation, input) {
      const context = currentContext();
      const { status, text } = await send({
        method: operation.method,
        path: pathWith(operation, input.params ?? {}) + searchOf(input.query ?? {}),
        headers: {
          [identityHeader]: await options.signer.sign(input.identity, options.target),
          'x-correlation-id': context.correlationId,
          ...outgoingTrace(context),
          ...(input.body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(input.body !== undefined && { body: JSON.stringify(input.body) }),
      });
      if (status >= 400) throw errorFrom(options.target, status, text);
      // The target serialised this with the operation's own schema.
      return (text === '' ? undefined : JSON.parse(text)) as ResultOf<typeof operation>;
    },
    async ping() {
      const { status } = await send({ method: 'GET', path: '/livez', headers: {} });
      if (status !== 200) throw new Error(`${options.target} answered ${status}`);
    },
    close: () => pool.close(),
  };
}

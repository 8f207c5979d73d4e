import type { BodyOf, Operation, ParamsOf, QueryOf, ResultOf } from '@maxai/contracts/operation';
import type { Operations } from '@maxai/contracts/operations';
import { ApiProblem } from './api-problem.ts';
import { routes } from './generated/routes.ts';

/** The operations the gateway routes, by id. */
export type OperationId = keyof typeof routes & keyof Operations;

type Given<K extends string, T> = keyof T extends never
  ? unknown
  : Partial<T> extends T
    ? { readonly [P in K]?: T }
    : { readonly [P in K]: T };
type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined };
type InputTo<O extends Operation> = Given<'params', ParamsOf<O>> &
  Given<'body', BodyOf<O>> &
  (keyof QueryOf<O> extends never ? unknown : { readonly query?: Loose<QueryOf<O>> }) & {
    /** Sent as `Idempotency-Key`: the same key never acts twice. */
    readonly idempotencyKey?: string;
  };
/** What an operation is called with: `params`, `query` and `body` as its contract declares them. */
export type InputOf<K extends OperationId> = InputTo<Operations[K]>;
/** The query parameters of an operation. */
export type QueryInputOf<K extends OperationId> = Loose<QueryOf<Operations[K]>>;
/** What an operation answers; `undefined` where the contract has no result. */
export type AnswerOf<K extends OperationId> = keyof ResultOf<Operations[K]> extends never
  ? undefined
  : ResultOf<Operations[K]>;

export type ApiClient = {
  /** Calls one operation; rejects with `ApiProblem`. */
  readonly call: <K extends OperationId>(
    id: K,
    ...input: Partial<InputOf<K>> extends InputOf<K> ? [InputOf<K>?] : [InputOf<K>]
  ) => Promise<AnswerOf<K>>;
};

export type ApiClientOptions = {
  /** Where the edge is, without a trailing slash; empty for the same origin. */
  readonly baseUrl: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly fetch?: typeof globalThis.fetch;
};

type LooseInput = {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
};

function pathOf(template: string, { params = {}, query = {} }: LooseInput): string {
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(params[name])),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value));
  }
  return search.size === 0 ? path : `${path}?${search}`;
}

/** A client of the public API; the browser uses it with the session cookie, machines with a header. */
export function createApiClient(options: ApiClientOptions): ApiClient {
  const send = options.fetch ?? ((input, init) => globalThis.fetch(input, init));

  async function exchange(method: string, path: string, input: LooseInput): Promise<unknown> {
    const headers = new Headers(options.headers);
    headers.set('accept', 'application/json');
    const init: RequestInit = { method, headers, credentials: 'same-origin' };
    if (input.body !== undefined) {
      headers.set('content-type', 'application/json');
      init.body = JSON.stringify(input.body);
    }
    if (input.idempotencyKey !== undefined) headers.set('idempotency-key', input.idempotencyKey);
    const response = await send(options.baseUrl + path, init).catch((): never => {
      throw new ApiProblem(0, {
        code: 'unreachable',
        title: 'The platform cannot be reached',
        detail: 'Check the network connection and try again.',
      });
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (!response.ok) throw new ApiProblem(response.status, { ...(answer as object) });
    return answer;
  }

  return {
    call: async (id, ...[given]) => {
      const [method, path] = routes[id];
      // The public types above admit only what the contract of `id` declares.
      const input = (given ?? {}) as LooseInput;
      return (await exchange(method, pathOf(path, input), input)) as AnswerOf<typeof id>;
    },
  };
}

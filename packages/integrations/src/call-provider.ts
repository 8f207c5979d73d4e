import type { Provider } from '@maxai/contracts/schemas';
import type { Clock } from '@maxai/kernel/clock';
import {
  isRecord,
  numberAt,
  parseJson,
  recordAt,
  textAt,
  type JsonRecord,
} from './json-reading.ts';
import type { CallOptions } from './ports.ts';
import { ProviderError, type ProviderErrorKind } from './provider-error.ts';

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** The URL of what SDKs hand to `fetch`. */
export function urlOf(input: string | URL | Request): string {
  return new Request(input).url;
}

export type ProviderContext = {
  readonly provider: Provider;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  /** Cut out of every message. */
  readonly secrets: readonly string[];
};

type Answer = { readonly status: number; readonly headers: Headers; readonly body: unknown };

/** Connections that never came about: nothing was sent. */
const neverSentCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The provider's own reason. Google says it in a list, OpenRouter in metadata, the rest in `code` or `error`. */
function providerCode(body: JsonRecord, inner: JsonRecord): string {
  const first = Array.isArray(inner['errors']) ? (inner['errors'][0] as unknown) : undefined;
  return (
    textAt(isRecord(first) ? first : {}, 'reason') ||
    textAt(recordAt(inner, 'metadata'), 'error_type') ||
    textAt(inner, 'error_type') ||
    textAt(inner, 'code') ||
    textAt(body, 'code') ||
    textAt(body, 'error')
  );
}

function providerMessage(body: JsonRecord, inner: JsonRecord): string {
  const list = Array.isArray(body['message']) ? body['message'].join('; ') : '';
  return (
    textAt(inner, 'message') ||
    textAt(body, 'message') ||
    list ||
    textAt(body, 'error_message') ||
    textAt(body, 'error_description') ||
    textAt(body, 'detail') ||
    textAt(body, 'title')
  );
}

function kindOf({ status, headers }: Answer, code: string, repeatable: boolean): ProviderErrorKind {
  if (status === 429 || /^(userR|r)ateLimitExceeded$/.test(code)) {
    return headers.get('x-ratelimit-daily-remaining') === '0' ? 'rejected' : 'rate_limited';
  }
  if (status >= 500 || status === 408) return repeatable ? 'unavailable' : 'ambiguous';
  if (status === 401 || status === 403 || code === 'invalid_grant') return 'unauthorized';
  return 'rejected';
}

/** `Retry-After` as seconds or date, else HighLevel's interval. */
function retryAfterMs(headers: Headers, clock: Clock): number | undefined {
  const value = headers.get('retry-after') ?? '';
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  if (!Number.isNaN(date)) return Math.max(0, date - clock.now().getTime());
  return Number(headers.get('x-ratelimit-interval-milliseconds')) || undefined;
}

function redact(context: ProviderContext, message: string): string {
  return context.secrets.reduce((text, secret) => text.replaceAll(secret, '***'), message);
}

/** The failure an answer stands for; also used for errors that arrive inside a 200. */
export function failureOf(
  context: ProviderContext,
  answer: Answer,
  repeatable: boolean,
): ProviderError {
  const body = isRecord(answer.body) ? answer.body : {};
  const inner = recordAt(body, 'error');
  const code = providerCode(body, inner);
  const waitMs = retryAfterMs(answer.headers, context.clock);
  return new ProviderError({
    provider: context.provider,
    kind: kindOf(answer, code, repeatable),
    detail: redact(
      context,
      [`HTTP ${answer.status}`, code, providerMessage(body, inner)].filter(Boolean).join(' '),
    ),
    status: answer.status,
    ...(code === '' ? {} : { providerCode: code }),
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  });
}

/** A success whose body is not what the provider promises. */
export function unreadable(
  context: ProviderContext,
  what: string,
  repeatable: boolean,
): ProviderError {
  return new ProviderError({
    provider: context.provider,
    kind: repeatable ? 'garbage' : 'ambiguous',
    detail: redact(context, `the answer could not be read: ${what}`),
  });
}

function networkFailure(
  context: ProviderContext,
  error: unknown,
  signal: AbortSignal,
  repeatable: boolean,
): ProviderError {
  const thrown: JsonRecord = Object(error);
  const code = textAt(recordAt(thrown, 'cause'), 'code');
  const provider = context.provider;
  if (neverSentCodes.has(code)) {
    return new ProviderError({
      provider,
      kind: 'unavailable',
      detail: `no connection (${code})`,
      cause: error,
    });
  }
  return new ProviderError({
    provider,
    kind: repeatable ? (signal.aborted ? 'timeout' : 'unavailable') : 'ambiguous',
    detail: signal.aborted ? 'no answer in time' : 'the connection broke before the answer',
    cause: error,
  });
}

/**
 * Runs one verb on an SDK that uses the given `fetch`. The time limit covers the bodies; every answer is
 * read once, here, so that all SDKs fail alike: the last HTTP failure wins over whatever the SDK made of it.
 * SDK errors are dropped, because they carry request headers.
 */
export async function callProvider<T>(
  context: ProviderContext,
  options: CallOptions & { readonly repeatable: boolean },
  run: (fetch: Fetch) => Promise<T>,
): Promise<T> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal ? AbortSignal.any([timeout, options.signal]) : timeout;
  let failure: ProviderError | undefined;

  const fetchOnce: Fetch = async (url, init) => {
    failure = undefined;
    try {
      const response = await context.fetch(url, { ...init, signal });
      const text = await response.text();
      const headers = new Headers(response.headers);
      // The text is decoded already.
      headers.delete('content-encoding');
      headers.delete('content-length');
      const body = parseJson(text);
      if (!response.ok) {
        failure = failureOf(
          context,
          { status: response.status, headers, body },
          options.repeatable,
        );
      } else if (text !== '' && body === undefined) {
        failure = unreadable(context, 'not JSON', options.repeatable);
      }
      return new Response(text === '' ? null : text, { status: response.status, headers });
    } catch (error) {
      failure = networkFailure(context, error, signal, options.repeatable);
      throw failure;
    }
  };

  try {
    const result = await run(fetchOnce);
    if (failure !== undefined) throw failure;
    return result;
  } catch (error) {
    throw (
      failure ??
      (error instanceof ProviderError
        ? error
        : unreadable(context, String(error), options.repeatable))
    );
  }
}

/** The provider's HTTP-shaped error inside a successful answer, as OpenRouter reports late failures. */
export function embeddedStatus(body: JsonRecord): number | undefined {
  const inner = recordAt(body, 'error');
  return numberAt(inner, 'http_status') ?? (Number(inner['code']) || undefined);
}

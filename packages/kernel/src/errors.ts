/**
 * Every error the platform can answer with: HTTP status and the public sentence. The code is the
 * contract; `docs/errors/` is generated from this table. A detail may add what to do, never a cause.
 */
export const errorCatalogue = {
  invalid_request: [400, 'The request does not match its schema'],
  malformed_json: [400, 'The body is not valid JSON'],
  invalid_amount: [400, 'The amount is not valid'],
  invalid_expression: [400, 'The expression is not valid'],
  signature_missing: [401, 'The provider signature is missing'],
  signature_malformed: [401, 'The provider signature cannot be read'],
  signature_invalid: [401, 'The provider signature does not match the body'],
  signature_stale: [401, 'The signed timestamp is outside the accepted window'],
  signature_replayed: [401, 'This signature was already used for another delivery'],
  unauthenticated: [401, 'Sign in or send an API key'],
  session_expired: [401, 'The session has expired or was revoked: sign in again'],
  api_key_invalid: [401, 'The API key is unknown, expired or revoked'],
  token_invalid: [401, 'The token is not valid'],
  forbidden: [403, 'The signed-in identity may not do this'],
  csrf_rejected: [403, 'The request did not come from this site'],
  not_found: [404, 'There is no such resource'],
  unknown_provider: [404, 'There is no such provider'],
  unknown_connection: [404, 'There is no such connection'],
  conflict: [409, 'The resource is not in a state that allows this'],
  already_exists: [409, 'The resource already exists'],
  idempotency_in_progress: [409, 'The first request with this Idempotency-Key is still running'],
  idempotency_spent: [
    409,
    'This Idempotency-Key was used: its answer held a secret and is not kept',
  ],
  currency_mismatch: [409, 'Amounts of different currencies cannot be combined'],
  payload_too_large: [413, 'The body is over the limit'],
  unsupported_media_type: [415, 'The content type is not accepted here'],
  idempotency_mismatch: [422, 'This Idempotency-Key was used with another request'],
  rate_limited: [429, 'Too many requests: wait and retry'],
  intake_unavailable: [429, 'The delivery could not be stored: send it again later'],
  internal: [500, 'Something went wrong on our side'],
  provider_failed: [502, 'The provider could not complete the request'],
  service_unavailable: [503, 'A dependency is unavailable: retry later'],
  upstream_timeout: [504, 'The service did not answer in time'],
  outcome_unknown: [504, 'It is not known whether this was done'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ErrorCode = keyof typeof errorCatalogue;

export type AppErrorOptions = {
  /** Public: what exactly was wrong and how to mend it. Never a secret, a cause or another tenant's data. */
  readonly detail?: string;
  /** Private: logged, never sent. */
  readonly cause?: unknown;
  /** Public: RFC 9457 `errors` extension, one per offending field. */
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  readonly retryAfterSeconds?: number;
};

/** The one error type services throw; the HTTP layer maps it to RFC 9457. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  readonly errors: AppErrorOptions['errors'];
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    const [status, title] = errorCatalogue[code];
    super(options.detail === undefined ? title : `${title}: ${options.detail}`, {
      cause: options.cause,
    });
    this.name = 'AppError';
    this.code = code;
    this.status = status;
    this.title = title;
    this.detail = options.detail;
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

export function notFound(): AppError {
  return new AppError('not_found');
}

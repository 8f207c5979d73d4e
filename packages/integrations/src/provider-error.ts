import type { Provider } from '@maxai/contracts/schemas';

/**
 * What went wrong at a provider. `ambiguous`: a verb that must not be repeated may or may not have
 * happened (no answer, 5xx, unreadable answer): ask first. `unavailable`: it did not happen, or repeating
 * is harmless. `garbage`: a success that could not be read, of a repeatable verb.
 */
export type ProviderErrorKind =
  | 'timeout'
  | 'unavailable'
  | 'rate_limited'
  | 'rejected'
  | 'unauthorized'
  | 'ambiguous'
  | 'garbage';

export type ProviderErrorOptions = {
  readonly provider: Provider;
  readonly kind: ProviderErrorKind;
  /** Ours or the provider's public sentence; known secrets are cut out. */
  readonly detail: string;
  /** HTTP status, when there was an answer. */
  readonly status?: number;
  /** The provider's own code: `21610`, `rate_limit_exceeded`. */
  readonly providerCode?: string;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
};

/** The one error every adapter throws for a failed call. */
export class ProviderError extends Error {
  readonly provider: Provider;
  readonly kind: ProviderErrorKind;
  /** Whether trying again may help; an `ambiguous` call must be looked for first. */
  readonly retryable: boolean;
  readonly status: number | undefined;
  readonly providerCode: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(options: ProviderErrorOptions) {
    super(`${options.provider}: ${options.detail}`, { cause: options.cause });
    this.name = 'ProviderError';
    this.provider = options.provider;
    this.kind = options.kind;
    this.retryable = options.kind !== 'rejected' && options.kind !== 'unauthorized';
    this.status = options.status;
    this.providerCode = options.providerCode;
    this.retryAfterMs = options.retryAfterMs;
  }
}

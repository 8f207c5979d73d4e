import type { Problem } from '@maxai/contracts/schemas';
import { AppError, type ErrorCode } from '@maxai/kernel/errors';

const frameworkCodes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_request',
  FST_ERR_BAD_URL: 'invalid_request',
  FST_ERR_MAX_PARAM_LENGTH: 'invalid_request',
};

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

/** Any thrown value as the platform's own error; what is not recognised becomes `internal`. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = frameworkCodes[codeOf(error)];
  return new AppError(code ?? 'internal', { cause: error });
}

/** The RFC 9457 body of an error; nothing of its cause goes out. */
export function problemOf(error: AppError, instance: string, correlationId: string): Problem {
  return {
    type: `urn:maxai:error:${error.code}`,
    title: error.title,
    status: error.status,
    code: error.code,
    ...(error.detail !== undefined && { detail: error.detail }),
    instance,
    correlation_id: correlationId,
    ...(error.errors !== undefined && { errors: [...error.errors] }),
  };
}

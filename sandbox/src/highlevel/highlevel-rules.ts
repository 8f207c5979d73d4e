import { Collection } from '../collection.ts';
import { ProviderAnswer } from '../http/provider-answer.ts';
import type { JsonObject } from '../json-body.ts';

export function createHighLevelState() {
  return {
    contacts: new Collection<JsonObject>(),
    notes: new Collection<JsonObject>(),
    appointments: new Collection<JsonObject>(),
  };
}
export type HighLevelState = ReturnType<typeof createHighLevelState>;

const names: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
};

export function highlevelErrorBody(status: number, message: string | string[]): JsonObject {
  return {
    statusCode: status,
    message,
    error: names[status] ?? 'Internal Server Error',
    traceId: crypto.randomUUID(),
  };
}

export function highlevelError(
  status: number,
  message: string | string[],
  headers: Readonly<Record<string, string>> = {},
): ProviderAnswer {
  return new ProviderAnswer(status, highlevelErrorBody(status, message), headers);
}

/** HighLevel's 422: one sentence per field that is missing. */
export function requireFields(body: JsonObject, fields: readonly string[]): void {
  const missing = fields.filter((field) => body[field] === undefined);
  if (missing.length > 0) {
    throw highlevelError(
      422,
      missing.map((field) => `${field} should not be empty`),
    );
  }
}

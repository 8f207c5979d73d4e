import type { Problem } from '@maxai/contracts/schemas';

/**
 * An answer that is not a success: the RFC 9457 problem as an error. Status 0 and code `unreachable`
 * mean that no answer came at all.
 */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string | null;
  /** What to quote to support. */
  readonly correlationId: string | null;
  readonly fields: readonly { readonly pointer: string; readonly detail: string }[];

  constructor(status: number, problem: Partial<Problem>) {
    const title = problem.title ?? `The platform answered ${status}`;
    super(title);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = problem.code ?? 'internal';
    this.title = title;
    this.detail = problem.detail ?? null;
    this.correlationId = problem.correlation_id ?? null;
    this.fields = problem.errors ?? [];
  }
}

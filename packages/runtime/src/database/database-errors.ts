import { AppError } from '@maxai/kernel/errors';

/**
 * Classes of a database that cannot serve just now: lost connection (08), shutting down or starting (57P),
 * out of connections (53), cancelled by a timeout (57014), waited too long for a lock (55P03), and what
 * the socket itself reports: one of this machine is not there (ENOENT) while nobody listens, and takes nobody more
 * (EAGAIN) when too many wait.
 */
const unavailableCode =
  /^(08|53|57P|57014|55P03|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOST|ENOENT|EAGAIN)/;
/** What node-postgres says without a code. */
const unavailableMessage =
  /^(Connection terminated|timeout exceeded|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool)/;

/** Whether node-postgres gave up waiting for the answer to a statement. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** Text that PostgreSQL cannot hold: U+0000, in a column or inside `jsonb`. */
const unstorableCode = /^(22021|22P05)$/;

/**
 * `service_unavailable` for a database that cannot serve, `invalid_request` for text it cannot hold, whatever
 * else untouched.
 */
export function toAppError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (unstorableCode.test(code)) {
    return new AppError('invalid_request', { detail: 'text may not contain U+0000', cause: error });
  }
  return unavailableCode.test(code) || unavailableMessage.test(error.message)
    ? new AppError('service_unavailable', { detail: 'the database is away', cause: error })
    : error;
}

/** A connection that broke, or was silent, after the statement was sent; any other failure is an answer, or never left. */
const brokeOff = /^(ECONNRESET|EPIPE|ETIMEDOUT)$/;
const brokeOffMessage = /^(Connection terminated|Query read timeout)/;

/** Of a commit: a database that went away before it answered may have made the work last. */
export function commitError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  return brokeOff.test(code) || brokeOffMessage.test(error.message)
    ? new AppError('outcome_unknown', {
        detail: 'the database went away before it said whether this was done',
        cause: error,
      })
    : error;
}

/** Whether a statement broke a unique constraint, and, when `constraint` is named, exactly that one. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (!(error instanceof Error) || !('code' in error) || error.code !== '23505') return false;
  return constraint === undefined || ('constraint' in error && error.constraint === constraint);
}

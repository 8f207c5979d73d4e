import { AppError, errorCatalogue, type ErrorCode } from '@maxai/kernel/errors';
import type { Cache } from '@maxai/runtime/cache';
import { createHash, randomUUID } from 'node:crypto';
import { OutcomeUnknown, type Answer } from '../forward/forward-request.ts';

const keepSeconds = 24 * 3600;
/** Longer than any request takes: whoever ran the first one ended before it could note what came of it. */
const inProgressMs = 60_000;
const keyPattern = /^("?)([\x21\x23-\x7e]{1,255})\1$/;

/** `spent` takes the answer's place where that held a secret, `unknown` where none came. */
type Stored = {
  readonly fingerprint: string;
  /** Whose claim this is: one whose answer was lost is found by its own. */
  readonly claim?: string;
  readonly claimedAtMs?: number;
  readonly answer?: Answer;
  readonly spent?: true;
  readonly unknown?: true;
};

export type IdempotentRequest = {
  readonly scope: string;
  /** The header as sent: a structured-field string, or bare as many clients do. */
  readonly header: string;
  readonly payload: unknown;
  /** A success carries a secret: it is remembered that there was one, never the answer. */
  readonly secretResult: boolean;
  readonly nowMs: number;
};

/** Whether a service says of itself that it does not know what came of it. */
function isUnknown({ status, body }: Answer): boolean {
  if (status !== errorCatalogue.outcome_unknown[0]) return false;
  // Every failure of a service is a problem document.
  return (JSON.parse(body) as { code?: unknown }).code === ('outcome_unknown' satisfies ErrorCode);
}

function outcomeOf(
  fingerprint: string,
  answer: Answer,
  { secretResult }: IdempotentRequest,
): Stored {
  return secretResult && answer.status < 400
    ? { fingerprint, spent: true }
    : { fingerprint, answer };
}

/**
 * Runs `work` once per key: a repeat gets the stored answer, or 409 where that held a secret or is still under
 * way; the same key with another payload gets 422. Failures of ours (5xx) are not stored, so the client may try
 * again, but for those of unknown outcome. Work that was begun and gave no answer may have been done, or be done
 * later: its repeats get 409 and do nothing. While the cache is away requests are served without this guarantee.
 */
export async function runOnce(
  cache: Cache,
  request: IdempotentRequest,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const name = keyPattern.exec(request.header)?.[2];
  if (name === undefined) {
    throw new AppError('invalid_request', {
      detail: 'Idempotency-Key is 1 to 255 visible characters',
    });
  }
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  const key = `idempotency:${digest(`${request.scope} ${name}`)}`;
  const fingerprint = digest(JSON.stringify(request.payload ?? null));
  const { nowMs } = request;
  const own: Stored = { fingerprint, claim: randomUUID(), claimedAtMs: nowMs };
  let claimed: string | null;
  try {
    claimed = await cache.redis.set(key, JSON.stringify(own), 'EX', keepSeconds, 'NX');
  } catch {
    return work();
  }
  const stored = claimed === null ? await cache.get<Stored>(key) : own;
  if (stored?.claim !== own.claim) {
    if (stored && stored.fingerprint !== fingerprint) throw new AppError('idempotency_mismatch');
    if (stored?.spent) {
      throw new AppError('idempotency_spent', {
        detail: 'revoke what the first request made and ask again with a new Idempotency-Key',
      });
    }
    const ageMs = nowMs - (stored?.claimedAtMs ?? nowMs);
    if (stored?.unknown || ageMs > inProgressMs) {
      throw new AppError('conflict', {
        detail:
          'the first request with this Idempotency-Key was not answered and may have taken effect: look for what it makes, and only if it is not there send it again with a new Idempotency-Key',
      });
    }
    if (!stored?.answer) throw new AppError('idempotency_in_progress', { retryAfterSeconds: 1 });
    return {
      ...stored.answer,
      headers: { ...stored.answer.headers, 'idempotency-replayed': 'true' },
    };
  }
  // What the work did stands, whether or not the cache can take note of it.
  const note = (change: Promise<void>) => change.catch(() => undefined);
  const noteFailure = (mayBeDone: boolean) =>
    note(
      mayBeDone ? cache.set(key, { fingerprint, unknown: true }, keepSeconds) : cache.delete(key),
    );
  try {
    const answer = await work();
    if (answer.status < 500) {
      await note(cache.set(key, outcomeOf(fingerprint, answer, request), keepSeconds));
    } else await noteFailure(isUnknown(answer));
    return answer;
  } catch (error) {
    await noteFailure(error instanceof OutcomeUnknown);
    throw error;
  }
}

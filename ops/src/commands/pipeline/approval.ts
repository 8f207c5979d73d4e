import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { isDeepStrictEqual } from 'node:util';
import type { ReleaseLock } from './release-lock.ts';

/** The longest an approval may be good for: what was looked at is what is released. */
export const approvalHoursMax = 24;

export const ApprovalStatement = Type.Object({
  environment: Type.String(),
  commit: Type.String({ pattern: '^[0-9a-f]{40}$' }),
  version: Type.String(),
  images: Type.Record(Type.String(), Type.String()),
  expiresAt: Type.String(),
});
export type ApprovalStatement = Static<typeof ApprovalStatement>;

/** A signed tag, after git has checked its signature against the list of release managers. */
export type SignedTag = {
  readonly name: string;
  /** The commit it points to. */
  readonly commit: string;
  readonly taggedAt: Date;
  /** Whom the list names for the key; null when git does not vouch for the signature. */
  readonly signer: string | null;
  /** Why git does not. */
  readonly problem: string;
  readonly message: string;
};

/** What is about to be released, and by whom it was written. */
export type Candidate = {
  readonly environment: string;
  readonly commit: string;
  readonly lock: ReleaseLock;
  readonly authors: ReadonlySet<string>;
};

function parse(message: string): ApprovalStatement | null {
  try {
    const statement: unknown = JSON.parse(message);
    return Value.Check(ApprovalStatement, statement) ? statement : null;
  } catch {
    return null;
  }
}

/** Why a tag does not approve a candidate; null when it does. */
export function whyNotApproved(tag: SignedTag, candidate: Candidate, now: Date): string | null {
  if (tag.signer === null) return `no release manager signed it: ${tag.problem}`;
  const statement = parse(tag.message);
  if (statement === null) return 'it does not say what it approves';
  if (tag.commit !== candidate.commit || statement.commit !== candidate.commit) {
    return `it approves commit ${statement.commit.slice(0, 12)}`;
  }
  if (statement.environment !== candidate.environment) {
    return `it approves ${statement.environment}`;
  }
  const { version, images } = statement;
  if (!isDeepStrictEqual({ version, images }, { ...candidate.lock })) {
    return 'it approves other images than the ones that were built';
  }
  if (candidate.authors.has(tag.signer.toLowerCase())) {
    return `${tag.signer} wrote part of the release and cannot approve it`;
  }
  const expiresAt = Date.parse(statement.expiresAt);
  if (!(expiresAt > now.getTime())) return `it ended at ${statement.expiresAt}`;
  if (expiresAt - tag.taggedAt.getTime() > approvalHoursMax * 3_600_000) {
    return `it would be good for more than ${approvalHoursMax} hours`;
  }
  return tag.taggedAt.getTime() > now.getTime() + 300_000 ? 'it is dated in the future' : null;
}

/** A server of this machine that cannot start, in one sentence, with what to do about it in another. */
export class LocalServerError extends Error {
  readonly fix: string;

  constructor(problem: string, fix: string, cause?: unknown) {
    super(`${problem} ${fix}`, { cause });
    this.name = 'LocalServerError';
    this.fix = fix;
  }
}

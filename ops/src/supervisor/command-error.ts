/** A failure a person can mend: what happened, and what to do. Everything else is a bug and shows its stack. */
export class CommandError extends Error {
  readonly fix: string;

  constructor(what: string, fix: string, options?: ErrorOptions) {
    super(`${what}\n  Fix: ${fix}`, options);
    this.name = 'CommandError';
    this.fix = fix;
  }
}

/** The message of an error that names its fix, the stack of any other. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'fix' in error ? error.message : String(error.stack);
}

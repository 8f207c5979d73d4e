/** A failure a person can mend: what happened, and what to do. Everything else is a bug and shows its stack. */
export class CommandError extends Error {
  readonly fix: string;

  constructor(what: string, fix: string, options?: ErrorOptions) {
    super(what, options);
    this.name = 'CommandError';
    this.fix = fix;
  }
}

export function describeError(error: unknown): string {
  if (error instanceof CommandError) return `${error.message}\n  Fix: ${error.fix}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** One rule a migration breaks: where, why it matters, what to change. */
export type Finding = {
  readonly rule: string;
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  readonly reason: string;
  readonly fix: string;
};

export function printFinding({ rule, path, line, reason, fix }: Finding): string {
  return `${path}:${line} ${rule}\n  ${reason}\n  Fix: ${fix}`;
}

/** One thing that breaks somebody: where, why, what to change. */
export type Finding = {
  readonly check: 'stale' | 'breaking' | 'consumer';
  readonly where: string;
  readonly reason: string;
  readonly fix: string;
};

export function printFinding({ check, where, reason, fix }: Finding): string {
  return `${check}: ${where}\n  ${reason}\n  Fix: ${fix}`;
}

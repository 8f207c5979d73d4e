export type FlagValue = { readonly key: string; readonly enabled: boolean };
export type EvaluatedFlag = FlagValue & { readonly reason: string };

/** A tenant's own switch wins over the platform's default; sorted by key. */
export function evaluateFlags(
  platform: readonly FlagValue[],
  tenant: readonly FlagValue[],
): EvaluatedFlag[] {
  const evaluated = new Map<string, EvaluatedFlag>();
  for (const { key, enabled } of platform) {
    evaluated.set(key, { key, enabled, reason: 'platform default' });
  }
  for (const { key, enabled } of tenant) {
    evaluated.set(key, { key, enabled, reason: 'set for this tenant' });
  }
  return [...evaluated.values()].toSorted((one, other) => one.key.localeCompare(other.key));
}

export function flagsKey(tenantId: string): string {
  return `flags:${tenantId}`;
}

/** Reads from JSON that came from outside: what is absent or of another type is empty, never an exception. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function recordAt(source: JsonRecord, key: string): JsonRecord {
  const value = source[key];
  return isRecord(value) ? value : {};
}

/** A string, or a number or boolean in its decimal form; `''` for anything else. */
export function textAt(source: JsonRecord, key: string): string {
  const value = source[key];
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

export function numberAt(source: JsonRecord, key: string): number | undefined {
  const value = source[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The object without its empty strings. */
export function withoutBlanks<T extends Readonly<Record<string, string>>>(source: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== ''),
    // Only entries of `source` are left, so every key still has its own type.
  ) as Partial<T>;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

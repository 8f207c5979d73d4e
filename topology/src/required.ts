/** The value, where only a mistake in the model or the configuration could leave it out; throws the message then. */
export function required<T>(value: T | null | undefined, message: string): T {
  if (value === null || value === undefined) throw new Error(message);
  return value;
}

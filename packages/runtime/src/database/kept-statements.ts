/** Uses after which a statement is kept. */
const usesBefore = 5;
/** Every connection keeps its own; the pool in front of the server keeps 200 for each of its connections. */
const keptMax = 100;
const countedMax = 1000;

/**
 * Names the statements that a process uses often, so that each connection has the server parse, check and plan them once.
 * What a `*` stands for is not named: its columns change while an older release still runs, and the server then refuses
 * a statement that it has kept.
 */
export function createStatementNames(): (text: string) => string | undefined {
  const names = new Map<string, string>();
  const uses = new Map<string, number>();
  return (text) => {
    const name = names.get(text);
    if (name !== undefined || names.size === keptMax || text.includes('*')) return name;
    const used = (uses.get(text) ?? 0) + 1;
    if (used < usesBefore) {
      if (uses.size === countedMax) uses.clear();
      uses.set(text, used);
      return undefined;
    }
    uses.delete(text);
    const next = `kept_${names.size + 1}`;
    names.set(text, next);
    return next;
  };
}

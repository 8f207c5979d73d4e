import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { importedFrom, readLiterals, type Entry, type Literal } from './read-literals.ts';

/** Where a key of a declaration stands. */
export type Place = {
  /** From the root of the repository. */
  readonly file: string;
  readonly line: number;
  /** The value as it is written; empty where it is an object or a list of more lines. */
  readonly text: string;
};

export type Sought = {
  readonly file: string;
  /** Dotted from the declaration; list elements by index: `routes.0.to` or `routes[0].to`. */
  readonly key: string;
  /** What `name` says in the declaration meant, where a file has several. */
  readonly name?: string;
};

/** `a.b[0].c` → a, b, 0, c */
function parts(key: string): string[] {
  return key.split(/[.[\]]+/).filter((part) => part !== '');
}

function nameOf(literal: Literal): string | undefined {
  return literal.entries.get('name')?.text.replaceAll("'", '');
}

/** `postgres` and `vcpu` of `postgres.vcpu`, as far as literals go; the deepest entry found first. */
function follow(literal: Literal, path: readonly string[]): { found: Entry[]; owner: Literal } {
  const [key, ...rest] = path;
  const entry = key === undefined ? undefined : literal.entries.get(key);
  if (entry === undefined) return { found: [], owner: literal };
  if (entry.literal === undefined || rest.length === 0) return { found: [entry], owner: literal };
  const { found, owner } = follow(entry.literal, rest);
  return { found: [...found, entry], owner };
}

/** How far each declaration that may be meant leads; those that lead farthest first. */
function ways(literals: readonly Literal[], { key, name }: Sought) {
  const path = parts(key);
  const named = literals.filter((literal) => name !== undefined && nameOf(literal) === name);
  return (named.length > 0 ? named : literals)
    .map((literal) => follow(literal, path))
    .toSorted((left, right) => right.found.length - left.found.length);
}

/** The spread that may bring the key, in the file its first name is imported from. */
function inherited(
  root: string,
  sought: Sought,
  source: string,
  spread: string,
  rest: string[],
): Place | undefined {
  const [first = '', ...inner] = spread.split('.');
  const from = importedFrom(source, first);
  if (from === undefined) return undefined;
  const file = relative(root, join(root, dirname(sought.file), from));
  return locate(root, { file, key: [...inner, ...rest].join('.') });
}

function locate(root: string, sought: Sought): Place | undefined {
  const path = join(root, sought.file);
  if (!existsSync(path)) return undefined;
  const source = readFileSync(path, 'utf8');
  const wanted = parts(sought.key);
  const found = ways(readLiterals(source), sought);
  const depth = found[0]?.found.length ?? 0;
  if (depth < wanted.length) {
    const rest = wanted.slice(depth);
    const farthest = found.filter((way) => way.found.length === depth);
    for (const spread of farthest.flatMap(({ owner }) => owner.spreads.toReversed())) {
      const place = inherited(root, sought, source, spread, rest);
      if (place !== undefined) return place;
    }
  }
  const entry = found[0]?.found[0];
  return entry && { file: sought.file, line: entry.line, text: entry.text };
}

/**
 * Where a key of the model stands: the line of the key itself, of what it is spread from in another file, or of the
 * nearest key around it; the first line of the file where none of them is a literal. Undefined when there is no such file.
 */
export function locateKey(root: string, sought: Sought): Place | undefined {
  return (
    locate(root, sought) ??
    (existsSync(join(root, sought.file)) ? { file: sought.file, line: 1, text: '' } : undefined)
  );
}

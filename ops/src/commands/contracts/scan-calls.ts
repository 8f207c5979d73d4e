/** One call of an operation in a source file. */
export type FoundCall = {
  /** An operation's id, or the name of the constant that holds the operation. */
  readonly operation: string;
  readonly by: 'id' | 'constant';
  /** First-level names given, `body.ids`; null where the call passes on a value whole. */
  readonly sends: readonly string[] | null;
  /** First-level names taken from the answer; null where it is kept whole. */
  readonly reads: readonly string[] | null;
};

const callee = /\b(?:\w+\.call|useOperation|useRows|useAction)\(/g;

/** Where the bracket that opens at `start` closes. */
function closing(text: string, start: number): number {
  let depth = 0;
  for (let index = start; index < text.length; index += 1) {
    const character = text[index] ?? '';
    if ('([{'.includes(character)) depth += 1;
    if (')]}'.includes(character)) depth -= 1;
    if (depth === 0) return index;
  }
  return text.length;
}

/** The parts of a list between commas that are in no bracket. */
function partsOf(list: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let index = 0; index <= list.length; index += 1) {
    const character = list[index] ?? ',';
    if ('([{'.includes(character)) index = closing(list, index);
    else if (character === ',') {
      parts.push(list.slice(start, index).trim());
      start = index + 1;
    }
  }
  return parts.filter((part) => part !== '');
}

type Entry = { readonly name: string; readonly value: string };

/** The entries of an object literal; null when it is none, or spreads another. */
function entriesOf(literal: string): Entry[] | null {
  if (!literal.startsWith('{')) return null;
  const parts = partsOf(literal.slice(1, -1));
  if (parts.some((part) => part.startsWith('...'))) return null;
  return parts.map((part) => {
    const [, name = part, value = part] = /^'?(\w+)'?\s*:\s*([^]*)$/.exec(part) ?? [];
    return { name, value };
  });
}

function namesSent(input: string | undefined): string[] | null {
  if (input === undefined) return [];
  const groups = entriesOf(input)?.filter(({ name }) => ['params', 'query', 'body'].includes(name));
  if (groups === undefined) return null;
  const names = groups.map(({ name, value }) =>
    entriesOf(value)?.map((entry) => `${name}.${entry.name}`),
  );
  return names.includes(undefined) ? null : names.flatMap((known) => known ?? []);
}

function namesRead(before: string, after: string): string[] | null {
  const taken = /^\s*\)\s*\)?\.(\w+)/.exec(after)?.[1];
  if (taken !== undefined && /\(\s*await\s+$/.test(before)) return [taken];
  const destructured = /\{([^{}]*)\}\s*=\s*(?:await\s+)?$/.exec(before)?.[1];
  return destructured === undefined
    ? null
    : partsOf(destructured).map((part) => part.split(':')[0]?.trim() ?? part);
}

const comments = /\/\*[^]*?\*\/|(?<![:'"`])\/\/[^\n]*/g;

/** Every call in a TypeScript source, found by its text: the compiler has no interface to ask. */
export function scanCalls(source: string): FoundCall[] {
  const text = source.replaceAll(comments, '');
  return [...text.matchAll(callee)].flatMap((match) => {
    const open = match.index + match[0].length - 1;
    const close = closing(text, open);
    const [first = '', input] = partsOf(text.slice(open + 1, close));
    const isHook = match[0].startsWith('use');
    const id = /^'(\w+)'$/.exec(first)?.[1];
    const receiver = /(?:\w+\.)*$/.exec(text.slice(0, match.index))?.[0] ?? '';
    const before = text.slice(0, match.index - receiver.length);
    return [
      {
        operation: id ?? first,
        by: id === undefined ? 'constant' : 'id',
        sends: isHook && match[0] !== 'useOperation(' ? null : namesSent(input),
        reads: isHook ? null : namesRead(before, text.slice(close)),
      },
    ];
  });
}

/** Constants a source imports from the contracts' operations: local name → exported name. */
export function importedOperations(source: string): ReadonlyMap<string, string> {
  const imports = source.matchAll(
    /import\s*\{([^}]*)\}\s*from\s*'@maxai\/contracts\/http\/[\w-]+'/g,
  );
  return new Map(
    [...imports].flatMap(([, list = '']) =>
      partsOf(list).map((part): [string, string] => {
        const [exported = part, local = exported] = part.replace(/^type /, '').split(/\s+as\s+/);
        return [local, exported];
      }),
    ),
  );
}

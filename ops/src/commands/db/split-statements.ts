export type Statement = {
  /** Lower case, without comments and quotation marks around names, spaces collapsed, `'?'` for every literal. */
  readonly text: string;
  /** The same with its literals. */
  readonly withLiterals: string;
  /** Counted from 1. */
  readonly line: number;
};

/** What a lexer has to tell apart so that no `;` inside it ends a statement. */
const token =
  /(?<comment>--[^\n]*|\/\*[^]*?\*\/)|(?<body>(?<mark>\$\w*\$)[^]*?\k<mark>)|(?<literal>'(?:[^']|'')*')|"(?<name>(?:[^"]|"")*)"|(?<word>\w+)|(?<end>;)|(?<space>\s+)|(?<other>[^])/g;

/** How deep in a `BEGIN ATOMIC … END` body a word leaves us; the semicolons in there belong to the function. */
function depthAfter(word: string, previous: string, depth: number): number {
  if (word === 'atomic' && previous === 'begin') return 1;
  if (depth === 0) return 0;
  if (word === 'case') return depth + 1;
  return word === 'end' ? depth - 1 : depth;
}

/** The statements of a script, without running or fully parsing it. */
export function splitStatements(script: string): Statement[] {
  const statements: Statement[] = [];
  let parts: { text: string; withLiterals: string }[] = [];
  let line = 1;
  let startLine = 1;
  let depth = 0;
  let previousWord = '';

  const add = (text: string, withLiterals: string) => {
    if (parts.length === 0) startLine = line;
    parts.push({ text, withLiterals });
  };
  const finish = () => {
    const join = (key: 'text' | 'withLiterals') =>
      parts
        .map((part) => part[key])
        .join('')
        .trim();
    if (parts.length > 0) {
      statements.push({
        text: join('text'),
        withLiterals: join('withLiterals'),
        line: startLine,
      });
    }
    parts = [];
  };

  for (const { 0: whole, groups = {} } of script.matchAll(token)) {
    const { comment, body, literal, name, word, end, space } = groups;
    if (space !== undefined || comment !== undefined) {
      if (parts.length > 0 && parts.at(-1)?.text !== ' ') add(' ', ' ');
    } else if (end !== undefined && depth === 0) {
      finish();
    } else if (body !== undefined) {
      add('$$?$$', '$$?$$');
    } else if (literal !== undefined) {
      add("'?'", literal.toLowerCase());
    } else {
      const text = (name ?? whole).toLowerCase();
      if (word !== undefined) {
        depth = depthAfter(text, previousWord, depth);
        previousWord = text;
      }
      add(text, text);
    }
    line += whole.split('\n').length - 1;
  }
  finish();
  return statements;
}

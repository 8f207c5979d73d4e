/** An object or list literal of a source file: where each of its keys stands, and what it spreads. */
export type Literal = {
  readonly line: number;
  readonly entries: ReadonlyMap<string, Entry>;
  /** `production.redis` of `...production.redis`, in their order. */
  readonly spreads: readonly string[];
};

/** One key: its line, its value as it is written, and what is inside when the value is a literal. */
export type Entry = {
  readonly line: number;
  readonly text: string;
  readonly literal?: Literal;
};

type Token = { readonly text: string; readonly line: number };

const pattern =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|`(?:\\[\s\S]|[^`\\])*`|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|\.\.\.|=>|[\w$]+|\s+|[\s\S]/g;
const opening = new Set(['(', '[', '{']);
const closing = new Set([')', ']', '}']);
/** What may stand before a `{` that begins an object rather than a block. */
const beforeObject = new Set(['(', '=', 'return', ',', '[']);

function tokenise(source: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (const [text] of source.matchAll(pattern)) {
    if (!/^(\s|\/\/|\/\*)/.test(text)) tokens.push({ text, line });
    line += text.split('\n').length - 1;
  }
  return tokens;
}

const nothing: Token = { text: '', line: 0 };

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** Every outermost object literal of the file. */
  roots(): Literal[] {
    const roots: Literal[] = [];
    while (this.#at < this.#tokens.length) {
      const before = this.#tokens[this.#at - 1]?.text ?? '';
      const isType = this.#tokens[this.#at - 3]?.text === 'type';
      if (this.#peek().text !== '{' || !beforeObject.has(before)) this.#at += 1;
      else if (isType) this.#literal();
      else roots.push(this.#literal());
    }
    return roots;
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? nothing;
  }

  #next(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }

  #literal(): Literal {
    const { text: open, line } = this.#next();
    const entries = new Map<string, Entry>();
    const spreads: string[] = [];
    for (let index = 0; !closing.has(this.#peek().text) && this.#peek() !== nothing; index += 1) {
      if (this.#peek().text === '...') {
        this.#next();
        spreads.push(this.#value().text);
      } else if (open === '[') {
        entries.set(String(index), this.#value());
      } else {
        const key = this.#next();
        if (this.#peek().text === ':') this.#next();
        const { line: _valueLine, ...value } = this.#value();
        entries.set(key.text.replaceAll(/^['"]|['"]$/g, ''), { line: key.line, ...value });
      }
      if (this.#peek().text === ',' || this.#peek().text === ';') this.#next();
    }
    this.#next();
    return { line, entries, spreads };
  }

  /** Up to the comma or bracket that ends it. */
  #value(): Entry {
    const { text: first, line } = this.#peek();
    const literal = first === '{' || first === '[' ? this.#literal() : undefined;
    let depth = 0;
    let text = '';
    for (let token = this.#peek(); token !== nothing; token = this.#peek()) {
      const ends = closing.has(token.text) || token.text === ',' || token.text === ';';
      if (depth === 0 && ends) break;
      if (opening.has(token.text)) depth += 1;
      if (closing.has(token.text)) depth -= 1;
      text += this.#next().text;
    }
    return { line, text, ...(literal !== undefined && { literal }) };
  }
}

/** The outermost object literals of a TypeScript source, in their order; other code is passed over. */
export function readLiterals(source: string): Literal[] {
  return new Reader(tokenise(source)).roots();
}

/** What a name of the file is imported from, `../platform.ts`; undefined for what it declares itself. */
export function importedFrom(source: string, name: string): string | undefined {
  for (const [, names = '', from] of source.matchAll(
    /import\s+(?:type\s+)?\{([^}]*)\}\s+from\s+'([^']+)'/g,
  )) {
    if (names.split(',').some((one) => one.trim() === name)) return from;
  }
  return undefined;
}

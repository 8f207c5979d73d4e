import { AppError } from '@maxai/kernel/errors';
import jsonata from 'jsonata';

/** What an expression sees. */
export type ExpressionScope = {
  readonly event: Readonly<Record<string, unknown>>;
  readonly steps: Readonly<Record<string, { readonly output: unknown }>>;
};

export type CompiledExpression = {
  /** Keys of the steps the expression reads. */
  readonly stepsRead: ReadonlySet<string>;
  evaluate(scope: ExpressionScope): Promise<unknown>;
};

const limits = { timeout: 250, stack: 200, sequence: 10_000 };
/** Characters and values together of whatever an expression makes: a text that doubles itself takes few steps. */
const sizeMax = 1_000_000;
// These build text or code without passing the evaluator's own time and depth checks.
const withheldFunctions = ['eval', 'pad'];
const compiledMax = 2000;
const compiled = new Map<string, CompiledExpression>();

type AstNode = { readonly [key: string]: unknown };

function isNode(value: unknown): value is AstNode {
  return typeof value === 'object' && value !== null;
}

function nameAt(steps: readonly unknown[], index: number): unknown {
  const node = steps[index];
  return isNode(node) && node['type'] === 'name' ? node['value'] : undefined;
}

function collectSteps(node: AstNode, found: Set<string>): void {
  const path = node['steps'];
  if (Array.isArray(path)) {
    path.forEach((_step, index) => {
      const key = nameAt(path, index + 1);
      if (index < 2 && nameAt(path, index) === 'steps' && typeof key === 'string') found.add(key);
    });
  }
  for (const child of Object.values(node)) if (isNode(child)) collectSteps(child, found);
}

/** What only the evaluator may look into: functions hold its scopes, which hold each other. */
const isFunctionOfItsOwn = (node: AstNode) =>
  node['_jsonata_lambda'] === true || node['_jsonata_function'] === true;

function requireBounded(value: unknown): void {
  let room = sizeMax;
  const left = [value];
  while (left.length > 0) {
    const next = left.pop();
    room -= typeof next === 'string' ? next.length : 1;
    if (room < 0) throw new Error(`it makes more than ${sizeMax} characters and values`);
    if (!isNode(next) || isFunctionOfItsOwn(next)) continue;
    for (const member of Object.values(next)) left.push(member);
  }
}

/** What puts values together; anything else passes on what is there already. */
const makingTypes = new Set(['binary', 'unary', 'function', 'apply', 'transform']);

function checkMade({ type }: AstNode, _input: unknown, _scope: unknown, made: unknown): void {
  if (makingTypes.has(String(type))) requireBounded(made);
}

/** Where JSONata hands every intermediate result to whoever watches. */
const evaluated = Symbol.for('jsonata.__evaluate_exit');

function messageOf(error: unknown): string {
  return isNode(error) ? String(error['message']) : String(error);
}

function refused(source: string, reason: string): AppError {
  return new AppError('invalid_expression', { detail: `"${source}": ${reason}` });
}

function parse(source: string): jsonata.Expression {
  try {
    return jsonata(source, limits);
  } catch (error) {
    throw refused(source, messageOf(error));
  }
}

function compile(source: string): CompiledExpression {
  const expression = parse(source);
  const ast = expression.ast();
  if (JSON.stringify(ast).includes('"type":"regex"')) {
    throw refused(source, 'regular expressions are not available: use $contains or $split');
  }
  for (const name of withheldFunctions) expression.assign(name, undefined);
  // Its types know names only; the hook's is a symbol.
  expression.assign(evaluated as unknown as string, checkMade);
  const stepsRead = new Set<string>();
  collectSteps({ ast }, stepsRead);
  return {
    stepsRead,
    async evaluate(scope) {
      try {
        const value: unknown = await expression.evaluate(scope);
        requireBounded(value);
        // JSONata's sequences are arrays with extra fields: only their JSON may be kept.
        return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
      } catch (error) {
        throw refused(source, messageOf(error));
      }
    },
  };
}

/** Compiles JSONata, once per text. Throws `invalid_expression` naming the text and what is wrong with it. */
export function compileExpression(source: string): CompiledExpression {
  const known = compiled.get(source);
  if (known) return known;
  const expression = compile(source);
  if (compiled.size >= compiledMax) compiled.clear();
  compiled.set(source, expression);
  return expression;
}

/** The expression in a step's input value, or undefined for a literal. */
export function expressionIn(value: unknown): string | undefined {
  return typeof value === 'string' && value.startsWith('=') ? value.slice(1) : undefined;
}

/** Every expression in a step's input, however deep. */
export function expressionsIn(value: unknown): string[] {
  const source = expressionIn(value);
  if (source !== undefined) return [source];
  return isNode(value) ? Object.values(value).flatMap(expressionsIn) : [];
}

/** A step's input with every expression replaced by its value; what is undefined is left out. */
export async function resolveInput(value: unknown, scope: ExpressionScope): Promise<unknown> {
  const source = expressionIn(value);
  if (source !== undefined) return compileExpression(source).evaluate(scope);
  if (Array.isArray(value)) return Promise.all(value.map((item) => resolveInput(item, scope)));
  if (!isNode(value)) return value;
  const entries = await Promise.all(
    Object.entries(value).map(
      async ([key, item]) => [key, await resolveInput(item, scope)] as const,
    ),
  );
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

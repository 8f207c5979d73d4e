import type { AnswerOf, OperationId } from '@maxai/api-client';
import type { Operation } from '@maxai/contracts/operation';
import { publicOperations } from '@maxai/contracts/operations';
import type { Problem } from '@maxai/contracts/schemas';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Value } from 'typebox/value';
import { fixtures } from './fixtures.ts';

/** One request as the contract sees it. */
export type SeenRequest = {
  readonly id: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly idempotencyKey: string | undefined;
};
type Refusal = { readonly problem: Partial<Problem> & { status: number } };
type Answering<K extends OperationId> =
  | AnswerOf<K>
  | Refusal
  | ((request: SeenRequest) => AnswerOf<K> | Refusal);

export type FixtureApi = {
  readonly url: string;
  /** Every request that matched its contract, oldest first. */
  readonly seen: SeenRequest[];
  /** Answers this operation differently from now on; answers must match the contract. */
  readonly answer: <K extends OperationId>(id: K, answering: Answering<K>) => void;
  readonly close: () => Promise<void>;
};

export function refuse(status: number, problem: Partial<Problem> = {}): Refusal {
  return { problem: { title: 'Refused', code: 'internal', ...problem, status } };
}

function paramsIn(template: string, path: string): Record<string, string> | null {
  const pattern = template.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  const match = new RegExp(`^${pattern}$`).exec(path);
  return match && { ...match.groups };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? {} : JSON.parse(text);
}

function isRefusal(answer: unknown): answer is Refusal {
  return typeof answer === 'object' && answer !== null && 'problem' in answer;
}

/** A list as its query parameters narrow it: each that names a field of the rows has to equal it. */
function narrowed(answer: unknown, query: SeenRequest['query']): unknown {
  if (typeof answer !== 'object' || answer === null || !('items' in answer)) return answer;
  const rows = answer.items as Record<string, unknown>[];
  const fits = (row: Record<string, unknown>) =>
    Object.entries(query).every(([name, value]) => !(name in row) || row[name] === value);
  return { ...answer, items: rows.filter(fits) };
}

function checked(
  operation: Operation,
  part: 'params' | 'query' | 'body' | 'result',
  value: unknown,
) {
  const [error] = Value.Errors(operation[part], value);
  if (error) throw new Error(`${operation.id}: ${part}${error.instancePath} ${error.message}`);
}

/**
 * The public API as the contracts state it, with fixed answers: requests and answers that break the
 * contract are answered 500, so that neither an app nor a fixture can drift from it.
 */
export async function startFixtureApi(): Promise<FixtureApi> {
  const seen: SeenRequest[] = [];
  const answers = new Map<string, unknown>(Object.entries(fixtures));

  async function answerTo(request: IncomingMessage): Promise<[status: number, body: unknown]> {
    const url = new URL(request.url ?? '/', 'http://fixture');
    for (const operation of publicOperations) {
      const params = operation.method === request.method && paramsIn(operation.path, url.pathname);
      if (!params) continue;
      const body = await bodyOf(request);
      const query = Value.Convert(operation.query, Object.fromEntries(url.searchParams));
      checked(operation, 'params', params);
      checked(operation, 'query', query);
      checked(operation, 'body', body);
      const idempotencyKey = request.headers['idempotency-key']?.toString();
      // Value.Convert keeps the object an object.
      const entry = {
        id: operation.id,
        params,
        query: query as SeenRequest['query'],
        body,
        idempotencyKey,
      };
      seen.push(entry);
      const answering = answers.get(operation.id);
      const answer: unknown =
        typeof answering === 'function' ? answering(entry) : narrowed(answering, entry.query);
      if (isRefusal(answer)) return [answer.problem.status, answer.problem];
      if (operation.status === 204) return [204, undefined];
      const result = answer ?? {};
      checked(operation, 'result', result);
      return [operation.status, result];
    }
    return [404, { title: 'There is no such resource', code: 'not_found', status: 404 }];
  }

  const server = createServer((request, response) => {
    const respond = async () => {
      const [status, body] = await answerTo(request).catch((error: unknown): [number, unknown] => [
        500,
        { title: String(error), status: 500 },
      ]);
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
    void respond();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A listening TCP server has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    answer: (id, answering) => void answers.set(id, answering),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

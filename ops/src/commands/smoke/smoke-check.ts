import type { Problem } from '@maxai/contracts/schemas';

/** What a check asks with: a platform somewhere, reached as its users reach it. */
export type Target = {
  readonly url: URL;
  readonly apiKey: string | null;
  readonly timeoutMs: number;
};

/** One thing that must be so; `run` throws SmokeFailure when it is not. */
export type SmokeCheck = { readonly name: string; readonly run: (target: Target) => Promise<void> };

/** What was expected and what came instead. */
export class SmokeFailure extends Error {
  override readonly name = 'SmokeFailure';
}

export function expectThat(holds: boolean, otherwise: string): void {
  if (!holds) throw new SmokeFailure(otherwise);
}

type Ask = {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
};

/** Asks the platform and follows its redirects; no answer at all is a failure too. */
export async function ask(target: Target, path: string, init: Ask = {}): Promise<Response> {
  try {
    return await fetch(new URL(path, target.url), {
      ...init,
      signal: AbortSignal.timeout(target.timeoutMs),
    });
  } catch (cause) {
    const errors = [cause, (cause as Error).cause].filter((error) => error instanceof Error);
    const why = errors.map(({ message }) => message).join(': ');
    throw new SmokeFailure(`${path} was not answered: ${why}`, { cause });
  }
}

export async function expectStatus(response: Response, status: number): Promise<void> {
  if (response.status === status) return;
  const text = (await response.text()).slice(0, 200);
  throw new SmokeFailure(`expected ${status}, got ${response.status}: ${text}`);
}

function isProblem(value: unknown): value is Problem {
  const fields = Object(value) as Partial<Problem>;
  return [fields.type, fields.title, fields.code, fields.correlation_id].every(
    (field) => typeof field === 'string',
  );
}

/** RFC 9457 with our fields, and a status that is the answer's own. */
export async function expectProblem(
  response: Response,
  statuses: readonly number[],
): Promise<void> {
  const text = await response.text();
  expectThat(
    statuses.includes(response.status),
    `expected ${statuses.join(' or ')}, got ${response.status}: ${text.slice(0, 200)}`,
  );
  const type = String(response.headers.get('content-type'));
  expectThat(
    type.startsWith('application/problem+json'),
    `expected application/problem+json, got content type ${type}`,
  );
  const body: unknown = JSON.parse(text);
  expectThat(
    isProblem(body) && body.status === response.status,
    `the problem lacks type, title, code, correlation_id or its status: ${text.slice(0, 200)}`,
  );
}

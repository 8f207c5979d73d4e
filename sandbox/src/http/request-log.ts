import type { Clock } from '@maxai/kernel/clock';
import type { FastifyRequest } from 'fastify';
import { Collection } from '../collection.ts';

export type RecordedRequest = {
  readonly id: number;
  readonly at: string;
  readonly provider: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  /** What was answered, even if the connection was then dropped; `null` when nothing was. */
  status: number | null;
};

/** The requests each provider received, newest 2,000, without their credentials. */
export class RequestLog {
  readonly #clock: Clock;
  readonly #requests = new Collection<RecordedRequest>(2_000);
  readonly #byRequest = new WeakMap<FastifyRequest, RecordedRequest>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  record(provider: string, request: FastifyRequest): void {
    const { authorization: _, ...headers } = request.headers;
    const id = this.#requests.created + 1;
    const entry: RecordedRequest = {
      id,
      at: this.#clock.now().toISOString(),
      provider,
      method: request.method,
      path: request.url.slice(provider.length + 1),
      headers,
      body: request.body ?? null,
      status: null,
    };
    this.#byRequest.set(request, this.#requests.add(String(id), entry));
  }

  settle(request: FastifyRequest, status: number): void {
    const entry = this.#byRequest.get(request);
    if (entry) entry.status = status;
  }

  list(provider: string | undefined): RecordedRequest[] {
    return this.#requests
      .values()
      .filter((entry) => provider === undefined || entry.provider === provider);
  }

  clear(): void {
    this.#requests.clear();
  }
}

import { Pool } from 'undici';

export type Asked = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};

export type Posting = {
  /** Resolves with `ok` when the answer has this status, with the status or the error when not. */
  ask(request: Asked, status: number): Promise<string>;
  close(): Promise<void>;
};

const timeoutMs = 10_000;

/** Connections to one origin that stay open, as a provider's or a portal's do. */
export function openPosting(origin: string, connections: number): Posting {
  const pool = new Pool(origin, {
    connections,
    pipelining: 1,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  return {
    ask: (request, status) =>
      // Without a stream for an answer that nobody reads: who asks takes as little of the machine as it can.
      new Promise((resolve) => {
        let outcome = 'no answer';
        pool.dispatch(request, {
          onRequestStart() {},
          onResponseStart(_controller, found) {
            outcome = found === status ? 'ok' : String(found);
          },
          onResponseData() {},
          onResponseEnd: () => resolve(outcome),
          onResponseError: (_controller, error) => resolve(String(error)),
        });
      }),
    close: () => pool.close(),
  };
}

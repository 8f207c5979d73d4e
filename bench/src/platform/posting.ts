import { exchange } from '@maxai/runtime/http';
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
  const pool = new Pool(origin, { connections, pipelining: 1 });
  return {
    async ask(request, status) {
      try {
        const answer = await exchange(pool, request, { timeoutMs });
        return answer.status === status ? 'ok' : String(answer.status);
      } catch (error) {
        return String(error);
      }
    },
    close: () => pool.close(),
  };
}

import { withinDeadline } from '@maxai/runtime/http';
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
    async ask({ method, path, headers, body }, status) {
      try {
        return await withinDeadline(timeoutMs, async (signal) => {
          const asked = { method, path, headers, body: body ?? null, signal };
          const response = await pool.request(asked);
          await response.body.dump();
          return response.statusCode === status ? 'ok' : String(response.statusCode);
        });
      } catch (error) {
        return String(error);
      }
    },
    close: () => pool.close(),
  };
}

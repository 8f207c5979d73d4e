import type { Duplex } from 'node:stream';
import type { ClientBase } from 'pg';

type Callback = (error: Error | null, result: unknown) => void;
type SendQuery = (text: unknown, values: unknown, callback: Callback) => void;

export type ClientQueryOptions = {
  /** The name under which the server keeps a statement; undefined for one it does not keep. */
  readonly nameOf: (text: string) => string | undefined;
  /** How long a statement may stay unanswered; then it fails, and the connection with all that waits on it. */
  readonly timeoutMs: number;
};

/**
 * Replaces a client's `query` by one that names statements and gives up on those that stay unanswered. It hands the driver
 * a callback where the driver would make a promise or a timer of its own: either keeps a result's rows alive through every
 * collection of the young (decision 31).
 */
export function replaceQuery(client: ClientBase, { nameOf, timeoutMs }: ClientQueryOptions): void {
  const send = client.query.bind(client) as SendQuery;
  const { connection } = client as ClientBase & { connection: { stream: Duplex } };

  function query(text: unknown, values?: unknown): Promise<unknown> {
    const isNamed = typeof text === 'string' && Array.isArray(values) && values.length > 0;
    const name = isNamed ? nameOf(text) : undefined;
    const { promise, resolve, reject } = Promise.withResolvers();
    send(name === undefined ? text : { name, text, values }, values, (error, result) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve(result);
    });
    const timer = setTimeout(() => {
      reject(new Error('Query read timeout'));
      // As the driver does: what was sent behind it would wait as long, and `end` waits for the answer.
      connection.stream.destroy();
    }, timeoutMs);
    return promise;
  }

  client.query = query as ClientBase['query'];
}

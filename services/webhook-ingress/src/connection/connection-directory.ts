import { getConnectionSecrets, type ConnectionSecrets } from '@maxai/contracts/http/iam';
import { serviceIdentity } from '@maxai/kernel/access';
import type { Clock } from '@maxai/kernel/clock';
import { AppError } from '@maxai/kernel/errors';
import type { ServiceClient } from '@maxai/runtime/http';

type Known = { readonly connection: ConnectionSecrets | undefined; readonly atMs: number };

export type ConnectionDirectory = {
  /** The live connection, or undefined. Throws when iam is away and the connection was never seen. */
  find(connectionId: string): Promise<ConnectionSecrets | undefined>;
  /** Asks iam again when what is known is older than a second: a secret may just have been rotated. */
  refresh(connectionId: string): Promise<ConnectionSecrets | undefined>;
};

const refreshAfterMs = 1_000;
const knownMax = 20_000;

/**
 * Connections with their webhook secrets, kept in memory for `ttlMs`. One question to iam at a time per
 * connection; while iam is away, what is known stays in use.
 */
export function createConnectionDirectory(options: {
  iam: ServiceClient;
  clock: Clock;
  ttlMs: number;
}): ConnectionDirectory {
  const known = new Map<string, Known>();
  const asking = new Map<string, Promise<ConnectionSecrets | undefined>>();
  const identity = serviceIdentity('webhook-ingress', null);

  async function ask(connectionId: string): Promise<ConnectionSecrets | undefined> {
    let connection: ConnectionSecrets | undefined;
    try {
      connection = await options.iam.call(getConnectionSecrets, {
        identity,
        params: { connectionId },
      });
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'unknown_connection')) {
        connection = known.get(connectionId)?.connection;
        if (!connection) throw error;
      }
    }
    if (known.size >= knownMax) known.clear();
    known.set(connectionId, { connection, atMs: options.clock.now().getTime() });
    return connection;
  }

  function askOnce(connectionId: string): Promise<ConnectionSecrets | undefined> {
    const underWay = asking.get(connectionId);
    if (underWay) return underWay;
    const question = ask(connectionId).finally(() => asking.delete(connectionId));
    asking.set(connectionId, question);
    return question;
  }

  async function youngerThan(connectionId: string, ageMs: number) {
    const entry = known.get(connectionId);
    if (entry && options.clock.now().getTime() - entry.atMs < ageMs) return entry.connection;
    return askOnce(connectionId);
  }

  return {
    find: (connectionId) => youngerThan(connectionId, options.ttlMs),
    refresh: (connectionId) => youngerThan(connectionId, refreshAfterMs),
  };
}

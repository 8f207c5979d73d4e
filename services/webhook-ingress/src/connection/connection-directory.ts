import { connectionChanges } from '@maxai/contracts/announcements';
import { getConnectionSecrets, type ConnectionSecrets } from '@maxai/contracts/http/iam';
import { serviceIdentity } from '@maxai/kernel/access';
import type { Clock } from '@maxai/kernel/clock';
import { AppError } from '@maxai/kernel/errors';
import { createListener } from '@maxai/runtime/cache';
import type { ServiceClient } from '@maxai/runtime/http';

type Known = { readonly connection: ConnectionSecrets | undefined; readonly atMs: number };

export type ConnectionDirectory = {
  /** The live connection, or undefined. Throws when iam is away and the connection was never seen. */
  find(connectionId: string): Promise<ConnectionSecrets | undefined>;
  /** Asks iam again when what is known is older than half a second: a secret may just have been rotated. */
  refresh(connectionId: string): Promise<ConnectionSecrets | undefined>;
  close(): void;
};

const refreshAfterMs = 500;
const knownMax = 20_000;

/**
 * Connections with their webhook secrets, kept in memory for `ttlMs`. iam announces a change before it commits
 * it; from then on, as long as the commit may take, nothing older than half a second is believed of that
 * connection, and of none at all while announcements cannot be heard. So a removed secret stops working within
 * a second. One question to iam at a time per connection; while iam is away, what is known stays in use.
 */
export function createConnectionDirectory(options: {
  iam: ServiceClient;
  cacheUrl: string;
  clock: Clock;
  ttlMs: number;
}): ConnectionDirectory {
  const known = new Map<string, Known>();
  const asking = new Map<string, Promise<ConnectionSecrets | undefined>>();
  /** Until when the clock's milliseconds say that a connection's copy is in doubt; oldest first. */
  const doubted = new Map<string, number>();
  let allDoubtedUntilMs = 0;
  const identity = serviceIdentity('webhook-ingress', null);
  const nowMs = () => options.clock.now().getTime();

  const listener = createListener({
    url: options.cacheUrl,
    channel: connectionChanges.channel,
    heard: (connectionId) => {
      doubted.delete(connectionId);
      doubted.set(connectionId, nowMs() + connectionChanges.doubtMs);
      for (const [id, untilMs] of doubted) {
        if (untilMs > nowMs()) break;
        doubted.delete(id);
      }
    },
    resumed: () => {
      allDoubtedUntilMs = nowMs() + connectionChanges.doubtMs;
    },
  });

  function isDoubted(connectionId: string): boolean {
    const untilMs = Math.max(allDoubtedUntilMs, doubted.get(connectionId) ?? 0);
    return !listener.listening() || nowMs() < untilMs;
  }

  async function ask(connectionId: string): Promise<ConnectionSecrets | undefined> {
    // What iam answers was true when it was asked, not when the answer came.
    const atMs = nowMs();
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
    known.set(connectionId, { connection, atMs });
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
    if (entry && nowMs() - entry.atMs < ageMs) return entry.connection;
    return askOnce(connectionId);
  }

  return {
    find: (connectionId) =>
      youngerThan(
        connectionId,
        isDoubted(connectionId) ? Math.min(refreshAfterMs, options.ttlMs) : options.ttlMs,
      ),
    refresh: (connectionId) => youngerThan(connectionId, refreshAfterMs),
    close: () => listener.close(),
  };
}

/**
 * Channel of the cache's Redis on which iam names a connection whose secrets or state are about to change, by
 * its id. It is announced before the change is committed: whoever keeps a copy doubts it for `doubtMs`.
 */
export const connectionChanges = { channel: 'connection-changes', doubtMs: 10_000 } as const;

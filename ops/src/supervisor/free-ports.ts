import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { CommandError } from './command-error.ts';
import { commandOf } from './process-table.ts';

const listening = '0A';

/** The socket inodes that listen on a port, over IPv4 and IPv6: fields 1, 3 and 9 of /proc/net/tcp. */
function listeningInodes(port: number): Set<string> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/)),
  );
  return new Set(
    rows
      .filter((row) => row[1]?.endsWith(suffix) === true && row[3] === listening)
      .map((row) => `socket:[${row[9]}]`),
  );
}

function holdsOneOf(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((fd) => inodes.has(readlinkSync(`${folder}/${fd}`)));
  } catch {
    return false;
  }
}

/** The pid that listens on the port, when this user may see it. */
export function portHolder(port: number): number | undefined {
  const inodes = listeningInodes(port);
  const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && holdsOneOf(name, inodes));
  return pid === undefined ? undefined : Number(pid);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = Promise.withResolvers<boolean>();
  server.once('error', () => free.resolve(false));
  server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
    server.close(() => free.resolve(true));
  });
  return free.promise;
}

function describeHolder(port: number): string {
  const pid = portHolder(port);
  return pid === undefined ? 'another program' : `pid ${pid} (${commandOf(pid)})`;
}

/** Throws a {@link CommandError} that lists every port in use, by whom, and how to go on. */
export async function requireFreePorts(
  ports: readonly { readonly name: string; readonly port: number }[],
): Promise<void> {
  const checked = await Promise.all(
    ports.map(async (entry) => ({ ...entry, free: await isFree(entry.port) })),
  );
  const taken = checked.filter((entry) => !entry.free);
  if (taken.length === 0) return;
  const lines = taken.map(
    ({ name, port }) => `  - ${port} (for ${name}) is used by ${describeHolder(port)}`,
  );
  throw new CommandError(
    `These ports are in use:\n${lines.join('\n')}`,
    'stop that program, or move every port at once: MAXAI_PORT=9080 npm start',
  );
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type BareServer = {
  readonly port: number;
  /** Requests by method and answer. */
  counted(): Readonly<Record<string, number>>;
  close(): void;
};

/** The floor: `node:http` that reads a body and answers as the platform would, and does nothing else. */
export async function startBareServer(): Promise<BareServer> {
  const counts: Record<string, number> = {};
  const server = createServer((request, reply) => {
    const status = request.method === 'POST' && request.url?.startsWith('/api/') ? 201 : 200;
    const kind = `${request.method} ${status}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
    request.resume();
    request.on('end', () => {
      reply.writeHead(status, { 'content-type': 'application/json' }).end('{"received":true}');
    });
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', listening.resolve);
  await listening.promise;
  // A TCP server that listens has an address with a port.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    counted: () => counts,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

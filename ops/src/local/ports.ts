import { createServer, type AddressInfo } from 'node:net';
import { LocalServerError } from './local-server-error.ts';

function listen(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      // A TCP server that listens has an address with a port.
      const { port: bound } = server.address() as AddressInfo;
      server.close(() => resolve(bound));
    });
  });
}

/** A port of 127.0.0.1 that nothing listens on at this moment. */
export function freePort(): Promise<number> {
  return listen(0);
}

/** Throws when something already listens on the port, naming who wanted it and how to move. */
export async function requireFreePort(port: number, wantedFor: string): Promise<void> {
  try {
    await listen(port);
  } catch (cause) {
    throw new LocalServerError(
      `Port ${port} for ${wantedFor} is in use by another program.`,
      `Stop that program (ss -ltnp 'sport = :${port}' shows it) or move the platform with MAXAI_PORT.`,
      cause,
    );
  }
}

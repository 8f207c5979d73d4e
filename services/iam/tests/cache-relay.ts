import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands before Redis and, when told, keeps what its clients write until it is released. */
export async function startCacheRelay(cacheUrl: string) {
  let marker: string | undefined;
  let held: { readonly redis: Socket; readonly chunk: Buffer }[] = [];
  const { hostname, port } = new URL(cacheUrl);
  const server = createServer((client) => {
    const redis = connect(Number(port), hostname);
    client.on('data', (chunk: Buffer) => {
      const begins = marker !== undefined && chunk.includes(marker);
      if (begins || held.length > 0) held.push({ redis, chunk });
      else redis.write(chunk);
    });
    client.on('close', () => redis.destroy());
    redis.pipe(client);
    client.on('error', () => redis.destroy());
    redis.on('error', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(cacheUrl);
  // A listening server's address is no pipe.
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    /** Keeps everything from the first write on that has `text` in it. */
    holdFrom(text: string): void {
      marker = text;
    },
    release(): void {
      marker = undefined;
      for (const { redis, chunk } of held) redis.write(chunk);
      held = [];
    },
    close: () => void server.close(),
  };
}

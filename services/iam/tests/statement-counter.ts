import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

const execute = 'E';
const simpleQuery = 'Q';

/** The types of the messages in what a client writes after its startup message, which has none. */
function createMessageReader(seen: (type: string) => void) {
  let rest = Buffer.alloc(0);
  let started = false;
  return (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const typeBytes = started ? 1 : 0;
      if (rest.length < typeBytes + 4) return;
      const end = typeBytes + rest.readUInt32BE(typeBytes);
      if (rest.length < end) return;
      if (started) seen(String.fromCharCode(rest.readUInt8(0)));
      started = true;
      rest = rest.subarray(end);
    }
  };
}

/** Stands before PostgreSQL and counts every statement that a client has it run. */
export async function startStatementCounter(databaseUrl: string) {
  let statements = 0;
  const { hostname, port } = new URL(databaseUrl);
  const server = createServer((client) => {
    const postgres = connect(Number(port), hostname);
    const read = createMessageReader((type) => {
      if (type === execute || type === simpleQuery) statements += 1;
    });
    client.on('data', read);
    client.pipe(postgres).pipe(client);
    client.on('error', () => postgres.destroy());
    postgres.on('error', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  // A listening server's address is no pipe.
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    /** Statements run by `work`. */
    async countDuring(work: () => Promise<unknown>): Promise<number> {
      const before = statements;
      await work();
      return statements - before;
    },
    close: () => void server.close(),
  };
}

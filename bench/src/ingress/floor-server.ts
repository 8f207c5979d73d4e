import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'pg';

export type FloorOptions = {
  readonly databaseUrl: string;
  readonly poolMax: number;
  /** Deliveries one statement may store: 1 is the plain server, more is its best form. */
  readonly batchMax: number;
  /** Statements under way at once. */
  readonly statementsMax: number;
};

export type FloorServer = { readonly port: number; close(): Promise<void> };

type Arrived = {
  readonly body: string;
  readonly signature: string;
  readonly reply: ServerResponse;
};

const insert = `
  insert into delivery (id, tenant_id, client_id, connection_id, provider, type, dedupe_key,
    signature_hash, payload, correlation_id, traceparent, received_at)
  select id, 'ten_floor', null, 'con_floor', 'retell', 'call_ended', dedupe_key, signature_hash,
    payload::jsonb, id, '00-0-0-01', now()
  from unnest($1::text[], $2::text[], $3::text[], $4::text[])
    as given (id, dedupe_key, signature_hash, payload)`;

/**
 * What stands between a webhook and the same row without the platform: bare `node:http` and `pg`. Nothing is
 * verified, validated, logged, measured or queued; only what the table's unique indexes need is computed.
 */
export async function startFloorServer(options: FloorOptions): Promise<FloorServer> {
  const pool = new Pool({ connectionString: options.databaseUrl, max: options.poolMax });
  const waiting: Arrived[] = [];
  let underWay = 0;

  async function store(batch: readonly Arrived[]): Promise<void> {
    await pool.query({
      name: 'store',
      text: insert,
      values: [
        batch.map(() => randomUUID()),
        batch.map(({ body }) => (JSON.parse(body) as { call: { call_id: string } }).call.call_id),
        batch.map(({ signature }) => createHash('sha256').update(signature).digest('hex')),
        batch.map(({ body }) => body),
      ],
    });
    for (const { reply } of batch) {
      reply.writeHead(200, { 'content-type': 'application/json' }).end('{"received":true}');
    }
  }

  function startNext(): void {
    while (underWay < options.statementsMax && waiting.length > 0) {
      underWay += 1;
      void store(waiting.splice(0, options.batchMax)).finally(() => {
        underWay -= 1;
        startNext();
      });
    }
  }

  const server = createServer((request: IncomingMessage, reply: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      waiting.push({ body, signature: String(request.headers['x-retell-signature']), reply });
      setImmediate(startNext);
    });
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', listening.resolve);
  await listening.promise;
  // A TCP server that listens has an address with a port.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async close() {
      server.close();
      server.closeAllConnections();
      await pool.end();
    },
  };
}

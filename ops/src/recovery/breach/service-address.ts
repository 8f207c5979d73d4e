import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { pipeline } from 'node:stream';
import { waitUntil } from '../../supervisor/probe.ts';

/** What a cluster's Service is to its pods: one address, behind which instances change without a request failing. */
export type ServiceAddress = {
  readonly port: number;
  /** New requests go to this instance; resolves once the one before has answered all of its own. */
  readonly switchTo: (port: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

type Instance = { readonly port: number; readonly agent: Agent; underWay: number };

const drainLimitMs = 30_000;

function instanceAt(port: number): Instance {
  return { port, agent: new Agent({ keepAlive: true, maxSockets: 64 }), underWay: 0 };
}

/** Listens on 127.0.0.1 and passes requests on to one instance at a time. */
export async function openServiceAddress(port: number, first: number): Promise<ServiceAddress> {
  let current = instanceAt(first);

  function forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const instance = current;
    instance.underWay += 1;
    outgoing.once('close', () => (instance.underWay -= 1));
    const { method, url: path, headers } = incoming;
    const { agent } = instance;
    const onward = request(
      { host: '127.0.0.1', port: instance.port, method, path, headers, agent },
      (answer) => {
        // An answer to a request has a status.
        outgoing.writeHead(answer.statusCode as number, answer.headers);
        // Breaks the answer off where the instance does.
        pipeline(answer, outgoing, () => undefined);
      },
    );
    onward.on('error', () => {
      if (!outgoing.headersSent) outgoing.writeHead(502).end();
    });
    incoming.pipe(onward);
  }

  const server = createServer({ keepAliveTimeout: 60_000 }, forward);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port,
    async switchTo(next) {
      const before = current;
      current = instanceAt(next);
      await waitUntil(() => before.underWay === 0, drainLimitMs);
      before.agent.destroy();
    },
    async close() {
      server.closeAllConnections();
      server.close();
      current.agent.destroy();
      await once(server, 'close');
    },
  };
}

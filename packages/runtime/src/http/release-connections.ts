import type { FastifyInstance } from 'fastify';
import type { Socket } from 'node:net';

const sweepMs = 50;

/**
 * Load balancers open connections ahead of their requests, and Node waits for such a silent connection when a server
 * closes. While the app closes, connections without a request are closed again and again until none is left.
 */
export function releaseConnections(app: FastifyInstance): void {
  const open = new Set<Socket>();
  app.server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  app.addHook('preClose', (done) => {
    const sweep = setInterval(() => {
      app.server.closeIdleConnections();
      for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
    }, sweepMs).unref();
    app.server.once('close', () => clearInterval(sweep));
    done();
  });
}

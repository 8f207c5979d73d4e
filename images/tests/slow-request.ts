import { once } from 'node:events';
import { connect } from 'node:net';

export type SlowRequest = {
  /** Sends the rest and returns the status that comes back. */
  readonly finish: () => Promise<number>;
};

const body = '{}';

/** A request that the process has taken on and waits for the last byte of. */
export async function beginRequest(port: number, path: string): Promise<SlowRequest> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.setEncoding('utf8');
  await once(socket, 'connect');
  let answer = '';
  socket.on('data', (text: string) => {
    answer += text;
  });
  const ended = once(socket, 'close');
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\n` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, -1)}`,
  );
  return {
    async finish() {
      socket.write(body.slice(-1));
      await ended;
      return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
    },
  };
}

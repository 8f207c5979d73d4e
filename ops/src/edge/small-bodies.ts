import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

const smallBytes = 64 * 1024;

/** Whether a body says that it is small: it is then passed on in one piece, which costs less than a stream. */
export function isSmall(headers: IncomingHttpHeaders): boolean {
  const length = headers['content-length'];
  return length !== undefined && Number(length) <= smallBytes;
}

/** The whole body; rejects when the connection ends before it. */
export function readBody(body: Readable): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  const broken = () => reject(new Error('the connection ended before the body'));
  if (body.closed) broken();
  body
    .on('data', (chunk: Buffer) => chunks.push(chunk))
    .once('end', () => resolve(Buffer.concat(chunks)))
    .once('error', reject)
    // Its stack costs more than all of the rest, so the error is made only where there is one.
    .once('close', () => {
      if (!body.readableEnded) broken();
    });
  return promise;
}

import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

const smallBytes = 64 * 1024;

/** Whether a body says that it is small: it is then passed on in one piece, which costs less than a stream. */
export function isSmall(headers: IncomingHttpHeaders): boolean {
  const length = headers['content-length'];
  return length !== undefined && Number(length) <= smallBytes;
}

/** The whole body; rejects when the connection ends before it. */
export async function readBody(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

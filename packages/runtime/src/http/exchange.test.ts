import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { beginExchange, exchange, receiveStream, receiveWhole } from './index.ts';

const opened: { server: Server; pool: Pool }[] = [];

afterEach(async () => {
  for (const { server, pool } of opened.splice(0)) {
    await pool.destroy();
    server.closeAllConnections();
    server.close();
  }
});

async function poolTo(listener: RequestListener, connections = 1): Promise<Pool> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    connections,
  });
  opened.push({ server, pool });
  return pool;
}

const get = { method: 'GET', path: '/' } as const;
const timeoutMs = 5000;

describe('a whole answer', () => {
  it('has the status, headers and body of the answer, not of what came before it', async () => {
    const pool = await poolTo((request, reply) => {
      reply.writeEarlyHints({ link: '</style.css>; rel=preload' });
      void text(request).then((sent) => {
        reply.writeHead(201, { 'x-answer': 'yes' });
        reply.write(`${request.method} ${request.url} `);
        return reply.end(sent);
      });
    });
    const asked = { method: 'POST', path: '/things?a=b', body: 'Grüße' } as const;
    const { status, headers, body } = await exchange(pool, asked, { timeoutMs });
    expect({ status, answer: headers['x-answer'], link: headers['link'] }).toEqual({
      status: 201,
      answer: 'yes',
      link: undefined,
    });
    expect(body.toString()).toBe('POST /things?a=b Grüße');
  });

  it('is a TimeoutError when it takes too long, and so is one still in line behind it', async () => {
    const pool = await poolTo((_request, reply) => void reply.writeHead(200).write('half of '));
    const both = [1, 2].map(() => exchange(pool, get, { timeoutMs: 50 }));
    for (const { status, reason } of (await Promise.allSettled(both)) as PromiseRejectedResult[]) {
      expect(status).toBe('rejected');
      expect(reason).toMatchObject({ name: 'TimeoutError', message: 'no answer within 50 ms' });
    }
  });

  it('frees its connection when it takes too long', async () => {
    let asked = 0;
    const pool = await poolTo((_request, reply) => {
      asked += 1;
      if (asked > 1) reply.end('well');
    });
    await expect(exchange(pool, get, { timeoutMs: 50 })).rejects.toThrow('no answer within');
    expect((await exchange(pool, get, { timeoutMs })).body.toString()).toBe('well');
  });

  it('fails when the connection breaks before its end', async () => {
    const pool = await poolTo((_request, reply) => {
      reply.writeHead(200, { 'content-length': 100 }).write('only this', () => {
        reply.socket?.destroy();
      });
    });
    await expect(exchange(pool, get, { timeoutMs })).rejects.toThrow('other side closed');
  });

  it('fails at once when nobody listens, or the pool is closed', async () => {
    const pool = new Pool('http://127.0.0.1:1');
    await expect(exchange(pool, get, { timeoutMs })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    await pool.destroy();
    await expect(exchange(pool, get, { timeoutMs })).rejects.toThrow('The client is destroyed');
  });
});

describe('an exchange', () => {
  it('is ended wherever it is: under way, and in line for a connection', async () => {
    const gone = Promise.withResolvers<void>();
    const seen: (string | undefined)[] = [];
    const pool = await poolTo((request, reply) => {
      seen.push(request.url);
      reply.once('close', gone.resolve);
    });
    const first = beginExchange(pool, { ...get, path: '/first' }, receiveWhole);
    const second = beginExchange(pool, { ...get, path: '/second' }, receiveWhole);
    second.abort(new Error('changed my mind'));
    await expect(second.answer).rejects.toThrow('changed my mind');
    while (seen.length === 0) await wait(5);
    first.abort(new Error('went away'));
    await expect(first.answer).rejects.toThrow('went away');
    await gone.promise;
    const third = exchange(pool, { ...get, path: '/third' }, { timeoutMs: 200 });
    await expect(third).rejects.toThrow('no answer within');
    expect(seen).toEqual(['/first', '/third']);
  });
});

describe('a streamed answer', () => {
  const megabyte = Buffer.alloc(1024 * 1024, 'x');

  it('is there before its body, which comes as fast as it is read', async () => {
    let written = 0;
    const pool = await poolTo((_request, reply) => {
      function write() {
        if (written === 64) reply.end();
        else {
          written += 1;
          reply.write(megabyte, write);
        }
      }
      write();
    });
    const { body } = await beginExchange(pool, get, receiveStream).answer;
    await wait(300);
    // What fits into the buffers of both sides and of the kernel between them, and no more.
    expect(written).toBeLessThan(32);
    let length = 0;
    for await (const chunk of body) length += (chunk as Buffer).length;
    expect(length).toBe(64 * megabyte.length);
  });

  it('ends its request when its reader goes away', async () => {
    const gone = Promise.withResolvers<void>();
    const pool = await poolTo((_request, reply) => {
      reply.once('close', gone.resolve).write('more to come');
    });
    const { body } = await beginExchange(pool, get, receiveStream).answer;
    body.destroy();
    await gone.promise;
    expect(body.errored).toBeNull();
  });

  it('fails its reader when the connection breaks', async () => {
    const pool = await poolTo((_request, reply) => {
      reply.write('more to come', () => setTimeout(() => reply.socket?.destroy(), 20));
    });
    const { body } = await beginExchange(pool, get, receiveStream).answer;
    await expect(text(body)).rejects.toThrow('other side closed');
  });
});

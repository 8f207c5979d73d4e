import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../../local/ports.ts';
import { openServiceAddress } from './service-address.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.closeAllConnections();
});

type Instance = {
  readonly port: number;
  readonly release: () => void;
  /** Resolves when somebody asks for `/slow`. */
  readonly asked: Promise<void>;
};

/** Answers its name; a request for `/slow` only when it is released. */
async function startInstance(name: string): Promise<Instance> {
  const released = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    const answer = () => response.end(`${name} ${request.method}`);
    if (request.url === '/broken') {
      response.write('half', () => response.destroy());
      return;
    }
    if (request.url !== '/slow') {
      answer();
      return;
    }
    asked.resolve();
    void released.promise.then(answer);
  }).listen(0, '127.0.0.1');
  open.push(server);
  await once(server, 'listening');
  // A listening TCP server has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  return { port, release: released.resolve, asked: asked.promise };
}

async function ask(port: number, path = '/', method = 'GET'): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  return response.ok ? response.text() : String(response.status);
}

describe('the address of a service', () => {
  it('hands requests over to the next instance, and the one before finishes its own', async () => {
    const [first, second] = [await startInstance('first'), await startInstance('second')];
    const address = await openServiceAddress(await freePort(), first.port);
    expect(await ask(address.port, '/', 'POST')).toBe('first POST');
    const slow = ask(address.port, '/slow');
    await first.asked;
    const switched = address.switchTo(second.port);
    expect(await ask(address.port)).toBe('second GET');
    first.release();
    expect(await slow).toBe('first GET');
    await switched;
    await address.close();
  });

  it('breaks an answer off where its instance does', async () => {
    const instance = await startInstance('first');
    const address = await openServiceAddress(await freePort(), instance.port);
    await expect(ask(address.port, '/broken')).rejects.toThrow('terminated');
    expect(await ask(address.port)).toBe('first GET');
    await address.close();
  });

  it('answers 502 while its instance is away', async () => {
    const address = await openServiceAddress(await freePort(), await freePort());
    expect(await ask(address.port)).toBe('502');
    await address.close();
  });
});

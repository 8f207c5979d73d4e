import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { readBody } from './small-bodies.ts';

it('reads a body whole', async () => {
  const body = Readable.from([Buffer.from('one '), Buffer.from('two')]);
  expect((await readBody(body)).toString()).toBe('one two');
});

it('rejects when the connection ends before the body, or has ended already', async () => {
  const body = new Readable({ read: () => undefined });
  const reading = readBody(body);
  body.push('one ');
  body.destroy();
  await expect(reading).rejects.toThrow('the connection ended before the body');
  await expect(readBody(body)).rejects.toThrow('the connection ended before the body');
});

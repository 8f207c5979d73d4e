import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { transportOf } from './redis-transport.ts';

function optionsOf(url: string) {
  const redis = new Redis(url, { lazyConnect: true, ...transportOf(url) });
  redis.disconnect();
  return redis.options;
}

it('checks the certificate of an encrypted address unless told to only encrypt', () => {
  expect(optionsOf('redis://:pw@cache:6379').tls).toBeUndefined();
  expect(optionsOf('redis://:pw@cache:6379?sslmode=require').tls).toBeUndefined();
  expect(optionsOf('rediss://:pw@cache:6379').tls).toBe(true);
  expect(optionsOf('rediss://:p%40w@cache:6378?sslmode=require')).toMatchObject({
    host: 'cache',
    port: 6378,
    password: 'p@w',
    tls: { rejectUnauthorized: false },
  });
});

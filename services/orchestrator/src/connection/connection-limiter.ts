import { available, type Cache } from '@maxai/runtime/cache';

export type RateLimit = { readonly requests: number; readonly windowMs: number };

/**
 * Takes a token of a connection; 0 when there was one, else the milliseconds until there is. Throws
 * `service_unavailable` while Redis is away.
 */
export type ConnectionLimiter = (connectionId: string, limit: RateLimit) => Promise<number>;

// A bucket that refills evenly over the window, on Redis's own clock, so that all workers agree.
const takeToken = `
local capacity, windowMs = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'atMs')
local tokens = math.min(capacity, (tonumber(bucket[1]) or capacity)
  + (nowMs - (tonumber(bucket[2]) or nowMs)) * capacity / windowMs)
local waitMs = 0
if tokens >= 1 then tokens = tokens - 1 else waitMs = math.ceil((1 - tokens) * windowMs / capacity) end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'atMs', nowMs)
redis.call('PEXPIRE', KEYS[1], windowMs * 2)
return waitMs`;

export function createConnectionLimiter(cache: Pick<Cache, 'redis'>): ConnectionLimiter {
  return async (connectionId, { requests, windowMs }) => {
    const key = `connection-limit:${connectionId}`;
    return Number(await available(cache.redis.eval(takeToken, 1, key, requests, windowMs)));
  };
}

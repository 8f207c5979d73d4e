import type { Principal } from '@maxai/contracts/http/iam';
import type { Context } from '../context.ts';
import { principalKey } from './principal-rules.ts';

/** Half of what a command of the cache is waited for. */
const lateAfterMs = 500;

/** `TIME` of the server is asked for first, so that no two clocks are compared. */
const setUnlessLate = `
local now = redis.call('TIME')
local waitedMs = (now[1] - ARGV[1]) * 1000 + (now[2] - ARGV[2]) / 1000
if waitedMs > tonumber(ARGV[3]) then return 0 end
redis.call('SET', KEYS[1], ARGV[4], 'EX', ARGV[5])
return 1
`;

/**
 * Leaves a principal in the cache, while the caller holds its row. A stalled Redis writes nothing once the caller may
 * have let go of it. While the cache is away nothing waits: the row and the connection would be held meanwhile.
 */
export async function rememberPrincipal(
  ctx: Context,
  secretHash: string,
  principal: Principal,
  ttlSeconds: number,
): Promise<void> {
  const { redis } = ctx.cache;
  if (redis.status !== 'ready') return;
  try {
    const askedAt = await redis.time();
    const value = JSON.stringify(principal);
    const key = principalKey(secretHash);
    await redis.eval(setUnlessLate, 1, key, ...askedAt, lateAfterMs, value, ttlSeconds);
  } catch (error) {
    ctx.logger.warn({ err: error }, 'The principal could not be cached');
  }
}

import type { Principal } from '@maxai/contracts/http/iam';
import type { Cache } from '@maxai/runtime/cache';

/** How much of its quota a caller has used in the current window. */
export type Quota = {
  readonly limit: number;
  readonly remaining: number;
  readonly resetSeconds: number;
};
export type Admission = { readonly principal: Principal | undefined; readonly quota: Quota };

export const windowSeconds = 60;
const tenantFactor = 5;

/**
 * One round trip: reads the principal and counts the request against its credential and its tenant. The
 * tenant is in the stored principal, so the counter's key is made on the server.
 */
const admitScript = `
local stored = redis.call('GET', KEYS[1])
local own = redis.call('INCR', KEYS[2])
if own == 1 then redis.call('EXPIRE', KEYS[2], ARGV[1]) end
local tenant = 0
if stored then
  local tenantId = cjson.decode(stored).identity.tenantId
  if type(tenantId) == 'string' then
    local key = 'rate:' .. tenantId .. ':' .. ARGV[2]
    tenant = redis.call('INCR', key)
    if tenant == 1 then redis.call('EXPIRE', key, ARGV[1]) end
  end
end
return { stored, own, tenant }
`;

export type Admit = (subject: string, nowMs: number) => Promise<Admission>;

/** Counts `subject` (a secret's hash, or an address) and returns the principal the cache holds for it. */
export function createAdmission(cache: Cache, limitPerMinute: number): Admit {
  cache.redis.defineCommand('admit', { numberOfKeys: 2, lua: admitScript });
  // Declared on the line above; ioredis adds it to the instance at run time.
  const redis = cache.redis as typeof cache.redis & {
    admit(
      principalKey: string,
      counterKey: string,
      ttlSeconds: number,
      window: number,
    ): Promise<[string | null, number, number]>;
  };
  return async (subject, nowMs) => {
    const window = Math.floor(nowMs / 1000 / windowSeconds);
    const [stored, own, tenant] = await redis.admit(
      `principal:${subject}`,
      `rate:${subject}:${window}`,
      windowSeconds,
      window,
    );
    const remaining = Math.min(limitPerMinute - own, limitPerMinute * tenantFactor - tenant);
    return {
      principal: stored === null ? undefined : (JSON.parse(stored) as Principal),
      quota: {
        limit: limitPerMinute,
        remaining,
        resetSeconds: windowSeconds - (Math.floor(nowMs / 1000) % windowSeconds),
      },
    };
  };
}

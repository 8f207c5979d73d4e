import { appRoleSettingsSql } from '@maxai/runtime/database';
import { Redis } from 'ioredis';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import type { LocalPlan } from '../../platform/local-plan.ts';
import { withClient } from '../check-readable.ts';
import { adminUrl } from '../restore-platform.ts';
import { bridgeOf, type SecretValues } from './rotation-environment.ts';

type Rotation = {
  readonly plan: LocalPlan;
  readonly old: SecretValues;
  readonly fresh: SecretValues;
};

const name = escapeIdentifier;

async function atRedis(port: number, password: string, ...command: string[]): Promise<unknown> {
  const redis = new Redis({
    port,
    host: '127.0.0.1',
    password,
    lazyConnect: true,
    retryStrategy: () => null,
  });
  // Reported by the command that is rejected.
  redis.on('error', () => undefined);
  const [first = '', ...rest] = command;
  try {
    await redis.connect();
    return await redis.call(first, ...rest);
  } finally {
    redis.disconnect();
  }
}

function redisPassword(values: SecretValues, instance: string): string {
  return String(values[`redis-${instance}-password`]);
}

/** A Redis of a laptop asks for no password; from here on it asks for the one of the secrets. */
export async function requireRedisPasswords({ plan, old }: Rotation): Promise<void> {
  for (const redis of plan.redis) {
    const client = new Redis({ port: redis.port, host: '127.0.0.1' });
    await client.config('SET', 'requirepass', redisPassword(old, redis.name));
    client.disconnect();
  }
}

/** Both passwords work: Redis keeps two for one user, PostgreSQL gets a second role with the first one's rights. */
export async function admitBoth({ plan, old, fresh }: Rotation): Promise<void> {
  for (const redis of plan.redis) {
    const add = `>${redisPassword(fresh, redis.name)}`;
    await atRedis(redis.port, redisPassword(old, redis.name), 'ACL', 'SETUSER', 'default', add);
  }
  await withClient(adminUrl(plan, old, plan.postgres.database), async (client) => {
    for (const { schema, appRole, appPasswordSecret } of plan.postgres.schemas) {
      const bridge = name(bridgeOf(appRole));
      const password = escapeLiteral(String(fresh[appPasswordSecret]));
      await client.query(`
        drop role if exists ${bridge};
        create role ${bridge} with login nobypassrls inherit password ${password} in role ${name(appRole)};
        alter role ${bridge} set search_path = ${name(schema)};
        ${appRoleSettingsSql(bridgeOf(appRole))}`);
    }
  });
}

/** Undoes {@link admitBoth}: only the old passwords work. */
export async function admitOldOnly({ plan, old, fresh }: Rotation): Promise<void> {
  for (const redis of plan.redis) {
    const drop = `<${redisPassword(fresh, redis.name)}`;
    await atRedis(redis.port, redisPassword(old, redis.name), 'ACL', 'SETUSER', 'default', drop);
  }
  await dropBridges(plan, old);
}

/** Only the new passwords work; connections that are open stay, so what holds one must be ended as well. */
export async function admitNewOnly({ plan, old, fresh }: Rotation): Promise<void> {
  const passwords = plan.postgres.schemas.flatMap((schema) => [
    [schema.ownerRole, schema.ownerPasswordSecret],
    [schema.appRole, schema.appPasswordSecret],
  ]);
  await withClient(adminUrl(plan, old), async (client) => {
    const all = [...passwords, ['postgres', plan.postgres.adminPasswordSecret]] as const;
    const statements = all.map(
      ([role = '', secret = '']) =>
        `alter role ${name(role)} password ${escapeLiteral(String(fresh[secret]))};`,
    );
    // One transaction: all of them or none.
    await client.query(`begin; ${statements.join(' ')} commit;`);
  });
  for (const redis of plan.redis) {
    const drop = `<${redisPassword(old, redis.name)}`;
    await atRedis(redis.port, redisPassword(fresh, redis.name), 'ACL', 'SETUSER', 'default', drop);
  }
}

export async function dropBridges(plan: LocalPlan, values: SecretValues): Promise<void> {
  await withClient(adminUrl(plan, values, plan.postgres.database), async (client) => {
    for (const { appRole } of plan.postgres.schemas) {
      await client.query(`drop role if exists ${name(bridgeOf(appRole))}`);
    }
  });
}

/** Connections of the platform that were opened before a moment, or under a role that is no more. */
export async function connectionsFromBefore(
  { plan, fresh }: Rotation,
  moment: Date,
): Promise<number> {
  const { rows } = await withClient(adminUrl(plan, fresh), (client) =>
    client.query<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity
       where backend_type = 'client backend' and pid <> pg_backend_pid()
         and (backend_start < $1 or usename is null or usename like '%\\_rotation')`,
      [moment],
    ),
  );
  let found = Number(rows[0]?.count);
  const ageSeconds = (Date.now() - moment.getTime()) / 1000;
  for (const redis of plan.redis) {
    const password = redisPassword(fresh, redis.name);
    const list = String(await atRedis(redis.port, password, 'CLIENT', 'LIST'));
    const ages = [...list.matchAll(/ age=(\d+)/g)].map(([, age]) => Number(age));
    found += ages.filter((age) => age > ageSeconds + 1).length;
  }
  return found;
}

/** How many of the old passwords still open something. */
export async function oldPasswordsAccepted({ plan, old }: Rotation): Promise<number> {
  const { port, database, schemas, adminPasswordSecret } = plan.postgres;
  const logins = [
    ['postgres', adminPasswordSecret],
    ...schemas.flatMap((schema) => [
      [schema.ownerRole, schema.ownerPasswordSecret],
      [schema.appRole, schema.appPasswordSecret],
    ]),
  ];
  let accepted = 0;
  for (const [user = '', secret = ''] of logins) {
    const client = new Client({ host: '127.0.0.1', port, database, user, password: old[secret] });
    accepted += await client.connect().then(
      () => 1,
      () => 0,
    );
    await client.end().catch(() => undefined);
  }
  for (const redis of plan.redis) {
    accepted += await atRedis(redis.port, redisPassword(old, redis.name), 'PING').then(
      () => 1,
      () => 0,
    );
  }
  return accepted;
}

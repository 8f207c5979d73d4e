import { Redis } from 'ioredis';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalServerError } from './local-server-error.ts';
import { freePort } from './ports.ts';
import { serverAccount } from './postgres-binaries.ts';
import { dataFolder, startPostgres, type LocalServer } from './postgres-server.ts';
import { startRedis } from './redis-server.ts';

let stateFolder: string;
let port: number;

beforeEach(async () => {
  stateFolder = mkdtempSync(join(tmpdir(), 'maxai-servers-'));
  chmodSync(stateFolder, 0o711);
  port = await freePort();
});

afterEach(() => rmSync(stateFolder, { recursive: true, force: true }));

async function whileInUse<T>(work: () => Promise<T>): Promise<T> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  try {
    return await work();
  } finally {
    server.close();
  }
}

async function query(server: LocalServer, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(statement);
  await client.end();
  return rows;
}

describe('PostgreSQL', () => {
  const password = "p w'1@";
  const start = (given = password) =>
    startPostgres({ stateFolder, port, password: given, durable: true });

  it('keeps its data over a stop, and over a kill whose lock file names a living stranger', async () => {
    const first = await start();
    await query(first, 'create table kept (id int); insert into kept values (1)');
    await first.stop();
    expect(await first.exited).toBeUndefined();

    const second = await start();
    expect(await query(second, 'select id from kept')).toEqual([{ id: 1 }]);
    process.kill(second.pid, 'SIGKILL');
    await second.exited;
    const lockFile = join(stateFolder, 'postgres/postmaster.pid');
    writeFileSync(lockFile, readFileSync(lockFile, 'utf8').replace(String(second.pid), '1'));

    const third = await start();
    expect(await query(third, 'select id from kept')).toEqual([{ id: 1 }]);
    await third.stop();
  });

  it('replaces a server that outlived its supervisor', async () => {
    const orphan = await start();
    const successor = await start();
    await orphan.exited;
    expect(await query(successor, 'show data_checksums')).toHaveLength(1);
    await successor.stop();
  });

  it('sorts and folds by C.UTF-8 whatever the machine has, and asks everybody for a password', async () => {
    const server = await start();
    expect(await query(server, "select upper('é') as upper, 'a' < 'B' as ordered")).toEqual([
      { upper: 'É', ordered: false },
    ]);
    expect(await query(server, 'select distinct auth_method from pg_hba_file_rules')).toEqual([
      { auth_method: 'scram-sha-256' },
    ]);
    expect(await query(server, 'show fsync')).toEqual([{ fsync: 'on' }]);
    await server.stop();
  });

  it('says which port is in use and how to move', async () => {
    await whileInUse(async () => {
      await expect(start()).rejects.toThrow(
        new RegExp(`Port ${port} for PostgreSQL is in use.*MAXAI_PORT`),
      );
    });
  });

  it('refuses a password that does not fit the data, and leaves nothing running', async () => {
    await (await start()).stop();
    await expect(start('another')).rejects.toThrow('maxai reset');
    expect(existsSync(join(stateFolder, 'postgres/postmaster.pid'))).toBe(false);
  });

  it('shows what the server said when it cannot start', async () => {
    await (await start()).stop();
    writeFileSync(join(stateFolder, 'postgres/postgresql.conf'), 'no_such_setting = 1');
    await expect(start()).rejects.toThrow(/ended while starting:[^]*no_such_setting/);
  });

  it('shows what initdb said when there is no place for the data', async () => {
    await expect(startPostgres({ stateFolder, port, password: '', durable: true })).rejects.toThrow(
      /could not create its data folder: [^]*password/,
    );
  });
});

describe('the account that PostgreSQL runs as', () => {
  const nobody = 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\n';

  it('is the caller, or for root a system account', () => {
    expect(serverAccount(1000, nobody)).toBeUndefined();
    expect(serverAccount(0, nobody)).toEqual({ uid: 65_534, gid: 65_533 });
    expect(serverAccount(0, `${nobody}postgres:x:101:104::/:/bin/sh`)).toEqual({
      uid: 101,
      gid: 104,
    });
    expect(() => serverAccount(0, 'root:x:0:0::/root:/bin/sh')).toThrow(LocalServerError);
  });

  it('decides where the data lies: elsewhere when it cannot enter the state folder', () => {
    expect(dataFolder(stateFolder, { uid: 65_534, gid: 65_534 })).toBe(
      join(stateFolder, 'postgres'),
    );
  });
});

describe('Redis', () => {
  const options = (maxmemory = '16mb') =>
    ({
      name: 'redis-queue',
      stateFolder,
      port,
      maxmemory,
      maxmemoryPolicy: 'noeviction',
      appendOnly: true,
    }) as const;

  it('keeps what was appended over a kill, under the policy it was given', async () => {
    const first = await startRedis(options());
    const redis = new Redis(first.url);
    await redis.set('kept', '1');
    expect(await redis.config('GET', 'maxmemory-policy')).toContain('noeviction');
    expect(await redis.config('GET', 'bind')).toContain('127.0.0.1');
    await redis.wait(0, 0);
    await redis.quit();
    await first.stop();
    const second = await startRedis(options());
    const again = new Redis(second.url);
    expect(await again.get('kept')).toBe('1');
    await again.quit();
    await second.stop();
  });

  it('forgets at its limit when it is the cache', async () => {
    const server = await startRedis({
      ...options('2mb'),
      maxmemoryPolicy: 'allkeys-lru',
      appendOnly: false,
      databases: 4,
    });
    const redis = new Redis(server.url);
    for (let index = 0; index < 40; index += 1) await redis.set(`k${index}`, 'x'.repeat(100_000));
    expect(await redis.dbsize()).toBeLessThan(40);
    await redis.quit();
    await server.stop();
  });

  it('says which port is in use and how to move', async () => {
    await whileInUse(async () => {
      await expect(startRedis(options())).rejects.toThrow(`Port ${port} for redis-queue is in use`);
    });
  });

  it('shows what the server said when it cannot start', async () => {
    await expect(startRedis(options('much'))).rejects.toThrow(
      /redis-queue did not start:[^]*maxmemory/,
    );
  });
});

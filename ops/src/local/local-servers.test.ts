import { Redis } from 'ioredis';
import { until, type TestServers } from '@maxai/runtime/testing';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalServerError } from './local-server-error.ts';
import { ensureInstalled } from './debian-package.ts';
import { freePort, requireFreePort } from './ports.ts';
import { postgresPrograms, serverAccount } from './postgres-binaries.ts';
import { debianPostgres } from './postgres-installation.ts';
import type { LocalServer } from './postgres-process.ts';
import { dataFolder, startPostgres } from './postgres-server.ts';
import { redisPackage, startRedis } from './redis-server.ts';
import { makeSocketFolder, redisSocket, socketFolderOf } from './socket-folder.ts';
import startTestServers from './test-servers.ts';

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

function newSocketFolder(): string {
  const folder = socketFolderOf(dataFolder(stateFolder, undefined, ''));
  makeSocketFolder(folder, serverAccount(userInfo().uid));
  return folder;
}

async function query(server: Pick<LocalServer, 'url'>, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: server.url });
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
    const lockFile = join(dataFolder(stateFolder, undefined, ''), 'postmaster.pid');
    writeFileSync(lockFile, readFileSync(lockFile, 'utf8').replace(String(second.pid), '1'));

    const third = await start();
    expect(await query(third, 'select id from kept')).toEqual([{ id: 1 }]);
    await third.stop();
  });

  it('listens by a socket as well, over a kill whose lock file there names a living stranger', async () => {
    const socketFolder = newSocketFolder();
    const open = () => startPostgres({ stateFolder, port, password, durable: true, socketFolder });
    const bySocket = (server: LocalServer) =>
      query({ url: `${server.url}?host=${encodeURIComponent(socketFolder)}` }, peer);
    const peer = 'select inet_client_addr() as address';
    const first = await open();
    expect(await query(first, peer)).toEqual([{ address: '127.0.0.1' }]);
    expect(await bySocket(first)).toEqual([{ address: null }]);
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const lockFile = join(socketFolder, `.s.PGSQL.${port}.lock`);
    writeFileSync(lockFile, readFileSync(lockFile, 'utf8').replace(String(first.pid), '1'));

    const second = await open();
    expect(await bySocket(second)).toEqual([{ address: null }]);
    await second.stop();
    expect(readdirSync(socketFolder)).toEqual([]);
  });

  it('waits for the processes of a killed server to let go of its memory', async () => {
    const killed = await start();
    const client = new Client({ connectionString: killed.url });
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const backend = Number(rows[0]?.pid);
    process.kill(backend, 'SIGSTOP');
    process.kill(killed.pid, 'SIGKILL');
    await killed.exited;
    const restarted = start();
    await until(() => readFileSync(killed.logFile, 'utf8').includes('is still in use'), 20_000);
    process.kill(backend, 'SIGCONT');
    const server = await restarted;
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
    await client.end();
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

  it('is another one where the caller says so, and does not open what the first one made', async () => {
    const server = await startPostgres({
      stateFolder,
      port,
      password,
      durable: true,
      installation: debianPostgres,
      settings: { work_mem: '5MB' },
    });
    expect(
      await query(
        server,
        "select upper('é') as upper, 'a' < 'B' as ordered, current_setting('server_version_num')::int / 10000 as major, current_setting('work_mem') as memory",
      ),
    ).toEqual([{ upper: 'É', ordered: false, major: 15, memory: '5MB' }]);
    await server.stop();
    await expect(start()).rejects.toThrow(/is of PostgreSQL 15, and PostgreSQL 18 cannot open it/);
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
    await expect(requireFreePort(port, 'a test')).resolves.toBeUndefined();
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

  const stranger = { uid: 65_534, gid: 65_534 };

  it('decides where the data lies: elsewhere when it cannot enter the state folder, and gone with that', () => {
    const closed = join(stateFolder, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const elsewhere = join(stateFolder, 'elsewhere');
    expect(dataFolder(closed, undefined, elsewhere)).toBe(join(closed, 'postgres'));
    const [first, second] = [closed, join(closed, 'other')].map((folder) =>
      dataFolder(folder, stranger, elsewhere),
    );
    expect(first).toMatch(new RegExp(`^${elsewhere}/[0-9a-f]{12}/data$`));
    expect(second).not.toBe(first);
    mkdirSync(String(first));
    expect(dataFolder(closed, stranger, elsewhere)).toBe(first);
    expect(existsSync(String(first))).toBe(true);
    rmSync(closed, { recursive: true });
    mkdirSync(closed, { mode: 0o700 });
    expect(dataFolder(closed, stranger, elsewhere)).toBe(first);
    expect(existsSync(String(first))).toBe(false);
  });

  it('gets a copy of the programs when it cannot enter the checkout, links and modes restored', () => {
    const packageFolder = join(stateFolder, 'package');
    mkdirSync(join(packageFolder, 'native/bin'), { recursive: true });
    chmodSync(packageFolder, 0o700);
    for (const program of ['initdb', 'pg_ctl', 'postgres', 'libpq.so.5.18']) {
      writeFileSync(join(packageFolder, 'native/bin', program), program, { mode: 0o600 });
    }
    const links = [{ source: 'native/bin/libpq.so.5.18', target: 'native/bin/libpq.so.5' }];
    writeFileSync(join(packageFolder, 'native/pg-symlinks.json'), JSON.stringify(links));
    writeFileSync(join(packageFolder, 'package.json'), JSON.stringify({ version: '18.0.0' }));
    const reachable = join(stateFolder, 'reachable');
    const programs = postgresPrograms(stranger, reachable, packageFolder);
    expect(programs).toBe(join(reachable, 'postgres-18.0.0/native/bin'));
    expect(readFileSync(join(programs, 'libpq.so.5'), 'utf8')).toBe('libpq.so.5.18');
    expect(statSync(join(programs, 'postgres')).mode & 0o777).toBe(0o755);
    expect(postgresPrograms(stranger, reachable, packageFolder)).toBe(programs);
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

  it('keeps what was appended over a stop, under the policy it was given', async () => {
    const first = await startRedis(options());
    const redis = new Redis(first.url);
    await redis.set('kept', '1');
    expect(await redis.config('GET', 'maxmemory-policy')).toContain('noeviction');
    expect(await redis.config('GET', 'bind')).toContain('127.0.0.1');
    await redis.quit();
    await first.stop();
    const second = await startRedis(options());
    const again = new Redis(second.url);
    expect(await again.get('kept')).toBe('1');
    await again.quit();
    await second.stop();
  });

  it('listens by a socket as well, and again after a kill', async () => {
    const socketFolder = newSocketFolder();
    const open = () => startRedis({ ...options(), socketFolder });
    const path = encodeURIComponent(redisSocket(socketFolder, 'redis-queue'));
    const addressIn = async ({ url }: LocalServer) => {
      const redis = new Redis(`${url}?path=${path}`);
      const { addr } = Object.fromEntries(
        (await redis.client('INFO')).split(' ').map((pair) => pair.split('=')),
      ) as { addr: string };
      redis.disconnect();
      return addr;
    };
    const first = await open();
    expect(await addressIn(first)).toMatch(/redis-queue\.sock/);
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const second = await open();
    expect(await addressIn(second)).toMatch(/redis-queue\.sock/);
    await second.stop();
  });

  describe('that is not installed', () => {
    const path = String(process.env['PATH']);

    beforeEach(() => {
      process.env['PATH'] = stateFolder;
    });

    afterEach(() => {
      process.env['PATH'] = path;
    });

    function program(name: string, script: string): void {
      writeFileSync(join(stateFolder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }

    it('is installed for root without its service, by a policy that is then withdrawn', () => {
      const policyFile = join(stateFolder, 'policy');
      program(
        'apt-get',
        `test "$1" = update || { read -r _ < ${policyFile} && printf '#!/bin/sh\\n' > ${stateFolder}/redis-server &&
          PATH=${path} chmod 755 ${stateFolder}/redis-server; }`,
      );
      ensureInstalled(redisPackage, { uid: 0, policyFile });
      expect(existsSync(policyFile)).toBe(false);
      expect(existsSync(join(stateFolder, 'redis-server'))).toBe(true);
    });

    it('names the command, and what the package tool said when it failed', () => {
      program('apt-get', 'echo "no such package" >&2; exit 100');
      program('policy', 'exit 101');
      const policyFile = join(stateFolder, 'policy');
      expect(() => ensureInstalled(redisPackage, { uid: 0, policyFile })).toThrow(
        'no such package',
      );
      expect(existsSync(policyFile)).toBe(true);
      expect(() => ensureInstalled(redisPackage, { uid: 1000, policyFile })).toThrow(
        'Redis is not installed. Install it once: sudo apt-get install -y redis-server',
      );
    });
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

it('the servers of a test run are gone with their data when it ends', async () => {
  const provided: TestServers[] = [];
  const stop = await startTestServers({ provide: (_, servers) => provided.push(servers) });
  const [servers] = provided;
  const redis = new Redis(String(servers?.redisUrl));
  expect(await redis.ping()).toBe('PONG');
  await redis.quit();
  const client = new Client({ connectionString: String(servers?.postgresUrl) });
  await client.connect();
  const { rows } = await client.query<{ folder: string }>(
    "select current_setting('data_directory') as folder",
  );
  await client.end();
  await stop();
  expect(existsSync(String(rows[0]?.folder))).toBe(false);
  await expect(
    requireFreePort(Number(new URL(String(servers?.postgresUrl)).port), 'a test'),
  ).resolves.toBeUndefined();
});

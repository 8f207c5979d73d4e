import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { allFaults, faultsInTurn, linkDown, loss, partition, slowLink } from './faults.ts';
import {
  hostsOf,
  makeHosts,
  removeAbandonedHosts,
  removeHosts,
  requireNetworkTools,
  runProgram,
  type Hosts,
  type RunProgram,
} from './hosts.ts';
import { runNetwork } from './run-network.ts';

const isRoot = process.getuid?.() === 0;
const port = 24_900;
const nobodysProcess = 2_147_483_646;
const program = join(import.meta.dirname, 'fixtures/main.ts');
const run = { port: 24_580, eachSeconds: 1, drainSeconds: 1, program };

const hostNames = () => runProgram('ip', 'netns', 'list');
const namespaces = () => (existsSync('/run/netns') ? readdirSync('/run/netns') : []);
const on =
  (host: string): RunProgram =>
  (...command) =>
    runProgram('ip', 'netns', 'exec', host, ...command);

async function answerOn(host: string): Promise<ChildProcess> {
  const script = `require('node:net').createServer((socket) => socket.end('here')).listen(${port}, '127.0.0.1', () => console.log('listening'))`;
  const child = spawn('ip', ['netns', 'exec', host, process.execPath, '-e', script]);
  await once(child.stdout, 'data');
  return child;
}

/** What a connection to the port of this very host brings. */
function asked({ services }: Hosts): string {
  const script = `
    const socket = require('node:net').connect(${port}, '127.0.0.1');
    socket.on('data', (data) => console.log(String(data))).on('error', () => process.exit(1));
    setTimeout(() => process.exit(1), 400).unref();
    socket.on('close', () => process.exit(0));`;
  const command = ['netns', 'exec', services, process.execPath, '-e', script];
  return spawnSync('ip', command, { encoding: 'utf8' }).stdout.trim();
}

/** Whoever is not root is refused; everything else is proven as root. */
const asRoot = (found: unknown): unknown => (isRoot ? found : expect.stringContaining('only root'));

/** What a connection brought before, during and after each fault, and whether anything was left at the end. */
async function spoilAndMend() {
  const hosts = hostsOf(process.pid);
  requireNetworkTools(Number(process.getuid?.()));
  const there = on(hosts.services);
  try {
    makeHosts(hosts, { data: [port], providers: [] });
    const ended = once(await answerOn(hosts.data), 'exit');
    const found = [asked(hosts)];
    for (const fault of [partition('data'), linkDown('data'), loss('data', 100)]) {
      fault.begin(there);
      found.push(asked(hosts));
      fault.end(there);
      found.push(asked(hosts));
    }
    const slow = slowLink('data', '2mbit');
    slow.begin(there);
    const isNarrow = there('tc', 'qdisc', 'show', 'dev', 'data').includes('tbf');
    found.push(asked(hosts));
    slow.end(there);
    removeHosts(hosts);
    await ended;
    return { found, isNarrow, isLeft: hostNames().includes(hosts.data) };
  } finally {
    removeHosts(hosts);
  }
}

async function removeAfterKilledRun(): Promise<{ wasThere: boolean; isLeft: boolean }> {
  requireNetworkTools(Number(process.getuid?.()));
  const { data } = hostsOf(nobodysProcess);
  runProgram('ip', 'netns', 'add', data);
  const wasThere = hostNames().includes(data);
  removeAbandonedHosts((pid) => pid !== nobodysProcess);
  return Promise.resolve({ wasThere, isLeft: hostNames().includes(data) });
}

async function interrupt(): Promise<unknown> {
  const interrupted = runNetwork({ ...run, rate: 2 }).catch(String);
  const { services } = hostsOf(process.pid);
  const isThere = () =>
    spawnSync('ip', ['netns', 'pids', services], { encoding: 'utf8' }).stdout !== '';
  const deadline = performance.now() + (isRoot ? 20_000 : 0);
  while (!isThere() && performance.now() < deadline) await wait(50);
  process.emit('SIGHUP', 'SIGHUP');
  return interrupted;
}

describe('hosts', () => {
  it('carry a connection to the host behind a link, spoil it and mend it, and go without a trace', async () => {
    expect(await spoilAndMend().catch(String)).toEqual(
      asRoot({
        found: ['here', '', 'here', '', 'here', '', 'here', 'here'],
        isNarrow: true,
        isLeft: false,
      }),
    );
  });

  it('of a run that was killed are removed by the next', async () => {
    expect(await removeAfterKilledRun().catch(String)).toEqual(
      asRoot({ wasThere: true, isLeft: false }),
    );
  });

  it('are refused to whoever is not root, with the command to use', () => {
    expect(() => requireNetworkTools(1000)).toThrow(
      'Network faults need network namespaces, which only root may make.',
    );
  });

  it('tell what went wrong when a program fails', () => {
    expect(() => runProgram('sh', '-c', 'echo no such link >&2; exit 1')).toThrow(
      /^sh -c .* failed: no such link/,
    );
  });
});

describe('a run on hosts of its own', () => {
  it('gives its verdict, and leaves no host when it failed or was interrupted', async () => {
    expect(await runNetwork({ ...run, rate: 3 }).catch(String)).toEqual(
      asRoot({ links: ['data', 'providers'] }),
    );
    expect(await runNetwork({ ...run, rate: 1 }).catch(String)).toEqual(
      asRoot('Error: the run on the hosts ended with 3'),
    );
    expect(await interrupt()).toEqual(asRoot('Error: interrupted: the hosts are removed again'));
    const left = Object.values(hostsOf(process.pid));
    expect(namespaces().filter((name) => left.includes(name))).toEqual([]);
  });
});

describe('faults in turn', () => {
  it('begin and end one after the other, and say how long the platform took to work again', async () => {
    const commands: string[] = [];
    const disturbances = await faultsInTurn({
      faults: allFaults,
      eachSeconds: 0,
      pauseSeconds: 0,
      worksAgain: () => Promise.resolve(commands.length < 16),
      run: (...command) => {
        commands.push(command.join(' '));
        return '';
      },
    });
    expect(disturbances.map(({ name }) => name)).toEqual([
      'no packet passes to data',
      'link to data down',
      '30 % of packets to and from data lost',
      'link to data at 2mbit',
      'no packet passes to providers',
      '30 % of packets to and from providers lost',
    ]);
    expect(disturbances.map(({ backAfterMs }) => backAfterMs !== null)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(commands).toHaveLength(20);
    const begun = commands.filter((command) => / -A | down$|qdisc add/.test(command));
    const ended = commands.filter((command) => / -D | up$|qdisc del/.test(command));
    expect(begun).toHaveLength(10);
    expect(ended).toHaveLength(10);
  });
});

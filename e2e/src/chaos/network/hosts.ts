import { ensureInstalled } from '@maxai/ops/local/debian-package';
import { CommandError } from '@maxai/ops/supervisor/command-error';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

/** Runs a program to its end; throws with what it said when it fails. */
export type RunProgram = (program: string, ...args: readonly string[]) => string;

export const runProgram: RunProgram = (program, ...args) => {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${stderr}`);
  return stdout;
};

/** A host is a network namespace: everything runs on the first, which has a link to each of the others. */
export type Hosts = {
  readonly services: string;
  readonly data: string;
  readonly providers: string;
};

export type HostPorts = { readonly data: readonly number[]; readonly providers: readonly number[] };

/** The links of the services' host, each named after where it leads. */
export const links = ['data', 'providers'] as const;
export type Link = (typeof links)[number];

const namePrefix = 'maxai-chaos-';
const namespacesFolder = '/run/netns';

/** Needs root and Linux's own tools; says so when one is missing. */
export function requireNetworkTools(uid: number): void {
  if (uid !== 0) {
    throw new CommandError(
      'Network faults need network namespaces, which only root may make.',
      'run it as root, for example: sudo npm run chaos -- --network',
    );
  }
  ensureInstalled({
    product: 'iproute2',
    program: 'ip',
    versionArgument: '-V',
    packages: ['iproute2'],
  });
  ensureInstalled({ product: 'iptables', program: 'iptables', packages: ['iptables'] });
}

export function hostsOf(pid: number): Hosts {
  const name = (host: string) => `${namePrefix}${pid}-${host}`;
  return { services: name('services'), data: name('data'), providers: name('providers') };
}

/**
 * A connection to 127.0.0.1 on one of these ports leaves by the link and arrives at 127.0.0.1 of the host behind it,
 * so that every process keeps the addresses of one machine.
 */
function carry(
  { services, run }: { readonly services: string; readonly run: RunProgram },
  {
    host,
    link,
    ports,
    index,
  }: { host: string; link: Link; ports: readonly number[]; index: number },
): void {
  const [here, there] = [`10.213.${index}.1`, `10.213.${index}.2`];
  run(
    'ip',
    'link',
    'add',
    link,
    'netns',
    services,
    'type',
    'veth',
    'peer',
    'name',
    'services',
    'netns',
    host,
  );
  run('ip', '-n', services, 'addr', 'add', `${here}/30`, 'dev', link);
  run('ip', '-n', host, 'addr', 'add', `${there}/30`, 'dev', 'services');
  run('ip', '-n', services, 'link', 'set', link, 'up');
  for (const device of ['lo', 'services']) run('ip', '-n', host, 'link', 'set', device, 'up');
  const inside = (namespace: string, ...command: readonly string[]) =>
    run('ip', 'netns', 'exec', namespace, ...command);
  const nat = (namespace: string, ...rule: readonly string[]) =>
    inside(namespace, 'iptables', '-w', '-t', 'nat', '-A', ...rule);
  for (const namespace of [services, host]) {
    inside(namespace, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet');
  }
  for (const port of ports) {
    const tcp = ['-p', 'tcp', '--dport', String(port)];
    nat(services, 'OUTPUT', '-d', '127.0.0.1', ...tcp, '-j', 'DNAT', '--to', `${there}:${port}`);
    nat(host, 'PREROUTING', '-d', there, ...tcp, '-j', 'DNAT', '--to', `127.0.0.1:${port}`);
    // Postgres lets in only who comes from its own host.
    nat(host, 'INPUT', ...tcp, '-j', 'SNAT', '--to', '127.0.0.1');
  }
  nat(services, 'POSTROUTING', '-o', link, '-j', 'MASQUERADE');
}

/** Makes the three hosts and their links. On failure whatever was made is left to {@link removeHosts}. */
export function makeHosts(hosts: Hosts, ports: HostPorts, run: RunProgram = runProgram): void {
  const { services } = hosts;
  for (const host of Object.values(hosts)) run('ip', 'netns', 'add', host);
  run('ip', '-n', services, 'link', 'set', 'lo', 'up');
  for (const [index, link] of links.entries()) {
    carry({ services, run }, { host: hosts[link], link, ports: ports[link], index });
  }
}

function removeHost(name: string, run: RunProgram): void {
  for (const pid of run('ip', 'netns', 'pids', name).split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended by itself a moment ago.
    }
  }
  // Links and rules go with the namespace.
  run('ip', 'netns', 'del', name);
}

function existing(): string[] {
  try {
    return readdirSync(namespacesFolder).filter((name) => name.startsWith(namePrefix));
  } catch {
    return [];
  }
}

/** Ends what still runs on a run's hosts and removes them; does nothing when they are gone. */
export function removeHosts(hosts: Hosts, run: RunProgram = runProgram): void {
  const names: readonly string[] = Object.values(hosts);
  for (const name of existing().filter((found) => names.includes(found))) removeHost(name, run);
}

/** Removes hosts of runs that were killed before they could. */
export function removeAbandonedHosts(
  isRunning: (pid: number) => boolean,
  run: RunProgram = runProgram,
): void {
  for (const name of existing()) {
    const pid = Number(name.slice(namePrefix.length).split('-')[0]);
    if (!isRunning(pid)) removeHost(name, run);
  }
}

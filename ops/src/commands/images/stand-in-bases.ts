import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import {
  cpSync,
  globSync,
  mkdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { CommandError } from '../../supervisor/command-error.ts';
import type { BaseImages } from './base-images.ts';
import type { Docker } from './docker.ts';

/** What distroless `cc` consists of, and so all that Node's binary needs. */
const runtimePackages = ['base-files', 'libc6', 'libgcc-s1', 'libstdc++6', 'netbase', 'tzdata'];
/** A shell and the tools that npm's own start script calls. */
const buildPackages = [
  ...runtimePackages,
  'dash',
  'coreutils',
  'libacl1',
  'libattr1',
  'libgmp10',
  'libpcre2-8-0',
  'libselinux1',
];
const certificates = '/etc/ssl/certs/ca-certificates.crt';

/** Nothing else happens while a program runs, so none may take for ever. */
const programLimitMs = 120_000;

function must(program: string, args: readonly string[], cwd: string): SpawnSyncReturns<string> {
  const ran = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: programLimitMs });
  if (ran.status === 0) return ran;
  throw new CommandError(
    `${program} ${args[0]} failed: ${ran.error?.message ?? ''}${ran.stderr}`,
    'stand-in bases are made from Debian packages: run it on Debian with a working apt-get',
  );
}

/** Unpacks Debian packages, without running their scripts, into a new root file system. */
function unpack(packages: readonly string[], folder: string): string {
  const archives = join(folder, 'packages');
  const rootfs = join(folder, 'rootfs');
  rmSync(folder, { recursive: true, force: true });
  for (const path of [archives, rootfs]) mkdirSync(path, { recursive: true });
  must('apt-get', ['download', '-qq', ...packages], archives);
  for (const archive of globSync('*.deb', { cwd: archives })) {
    must('dpkg-deb', ['--extract', archive, rootfs], archives);
  }
  return rootfs;
}

/** This machine's Node and npm, with the settings that lead npm to the registry from here. */
function addNode(rootfs: string, folder: string): void {
  // `npm` on PATH leads to npm/bin/npm-cli.js; what npm calls its root follows the Node that runs it.
  const program = must('sh', ['-c', 'command -v npm'], folder).stdout.trim();
  const npm = dirname(dirname(realpathSync(program)));
  const registry = must('npm', ['config', 'get', 'registry'], folder).stdout.trim();
  const local = join(rootfs, 'usr/local');
  for (const path of ['bin', 'etc', 'lib/node_modules']) {
    mkdirSync(join(local, path), { recursive: true });
  }
  cpSync(process.execPath, join(local, 'bin/node'), { dereference: true });
  cpSync(npm, join(local, 'lib/node_modules/npm'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin/npm'));
  writeFileSync(
    join(local, 'etc/npmrc'),
    `registry=${registry}\ncafile=${certificates}\nupdate-notifier=false\n`,
  );
  cpSync(certificates, join(rootfs, certificates), { dereference: true });
}

async function importImage(docker: Docker, rootfs: string, tag: string): Promise<string> {
  const archive = `${rootfs}.tar`;
  must('tar', ['--create', '--file', archive, '--directory', rootfs, '.'], rootfs);
  await docker.run(['import', archive, tag]);
  return tag;
}

/**
 * Bases made on this machine, for where no registry is reachable: Debian's packages and the running Node stand
 * in for the upstream images. `folder` is emptied.
 */
export async function makeStandInBases(docker: Docker, folder: string): Promise<BaseImages> {
  const runtime = unpack(runtimePackages, join(folder, 'runtime'));
  const build = unpack(buildPackages, join(folder, 'build'));
  addNode(build, folder);
  return {
    build: await importImage(docker, build, 'maxai/stand-in-build:local'),
    runtime: await importImage(docker, runtime, 'maxai/stand-in-runtime:local'),
    network: 'host',
  };
}

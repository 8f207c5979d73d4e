import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { LocalServerError } from './local-server-error.ts';

/** A program this machine must have, and the Debian packages that bring it. */
export type DebianPackage = {
  readonly product: string;
  /** On PATH, or a path of its own. */
  readonly program: string;
  /** What it answers without doing anything else; `--version` when left out. */
  readonly versionArgument?: string;
  readonly packages: readonly [string, ...string[]];
  /** A further way to get it, for the message. */
  readonly elsewhere?: string;
};

/** What decides whether a package may be installed here, and how. */
export type Machine = {
  readonly uid: number;
  /** Debian asks this program before a package may start its service; exit code 101 means no. */
  readonly policyFile: string;
};

export function isInstalled(program: string, versionArgument = '--version'): boolean {
  return spawnSync(program, [versionArgument]).status === 0;
}

function installScript(packages: readonly string[]): string {
  return `
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=120 ${packages.join(' ')}
  if [ -d /run/systemd/system ]; then systemctl disable ${packages.join(' ')} || true; fi`;
}

/** Installs packages without starting their services and returns what went wrong, if anything. */
function aptInstall(packages: readonly string[], policyFile: string): string {
  const mayWritePolicy = !existsSync(policyFile);
  if (mayWritePolicy) writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    return spawnSync('/bin/sh', ['-c', installScript(packages)], { encoding: 'utf8', env }).stderr;
  } finally {
    if (mayWritePolicy) rmSync(policyFile, { force: true });
  }
}

/** The machine the command runs on. */
export function thisMachine(): Machine {
  return { uid: userInfo().uid, policyFile: '/usr/sbin/policy-rc.d' };
}

/**
 * Makes sure that a program is on PATH. Root on Debian gets its packages, without their services;
 * everybody else gets a `LocalServerError` with the command to run.
 */
export function ensureInstalled(wanted: DebianPackage, machine: Machine = thisMachine()): void {
  const { product, program, versionArgument, packages, elsewhere } = wanted;
  if (isInstalled(program, versionArgument)) return;
  const said = machine.uid === 0 ? aptInstall(packages, machine.policyFile) : '';
  if (isInstalled(program, versionArgument)) return;
  const other = elsewhere === undefined ? '' : ` (${elsewhere})`;
  throw new LocalServerError(
    `${product} is not installed. ${said}`.trimEnd(),
    `Install it once: sudo apt-get install -y ${packages.join(' ')}${other}.`,
  );
}

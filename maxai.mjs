#!/usr/bin/env node
// Runs on any Node from 20 on, before anything is installed: installs what the lockfile names, then hands over to
// ops/src/main.ts on the Node that the lockfile brings.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const lockfile = join(root, 'package-lock.json');
const stamp = join(root, 'node_modules', '.maxai-lockfile-hash');
const installLock = join(root, '.maxai', 'install.lock');

function fail(what, fix) {
  process.stderr.write(`\n${what}\n  Fix: ${fix}\n`);
  process.exit(1);
}

function lockfileHash() {
  return createHash('sha256').update(readFileSync(lockfile)).digest('hex');
}

/** What npm itself recorded as installed, compared with the lockfile, for an install that somebody ran by hand. */
function installedByHand() {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(lockfile, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, entry]) =>
      !path.includes('node_modules/') ||
      entry.optional === true ||
      entry.peer === true ||
      (path in installed && installed[path].version === entry.version),
  );
}

function isInstalled(hash) {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return true;
  if (!installedByHand()) return false;
  writeFileSync(stamp, hash);
  return true;
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Only one install at a time: the second caller waits for the first and finds everything there. */
async function takeInstallLock() {
  mkdirSync(dirname(installLock), { recursive: true });
  for (;;) {
    try {
      writeFileSync(installLock, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const holder = existsSync(installLock) ? Number(readFileSync(installLock, 'utf8')) : 0;
      if (holder > 0 && !isRunning(holder)) rmSync(installLock, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
}

function runInstall() {
  return new Promise((resolve) => {
    const startedAt = Date.now();
    const seconds = () => Math.round((Date.now() - startedAt) / 1000);
    const child = spawn('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_ENV: 'development' },
    });
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (output += text));
    process.stdout.write('Installing dependencies (once per lockfile)\n');
    const progress = setInterval(() => {
      if (process.stdout.isTTY) process.stdout.write(`\r  ${seconds()} s `);
    }, 1000);
    child.on('error', (error) => (output += `${error.message}\n`));
    child.on('close', (code) => {
      clearInterval(progress);
      if (code === 0) process.stdout.write(`\rDependencies are installed (${seconds()} s)\n`);
      resolve({ code, output });
    });
  });
}

async function ensureInstalled() {
  if (isInstalled(lockfileHash())) return;
  await takeInstallLock();
  try {
    const hash = lockfileHash();
    if (isInstalled(hash)) return;
    const { code, output } = await runInstall();
    if (code !== 0) {
      rmSync(installLock, { force: true });
      fail(
        `npm ci failed:\n${output}`,
        'check the network and the free disk space, then run it again',
      );
    }
    writeFileSync(stamp, hash);
  } finally {
    rmSync(installLock, { force: true });
  }
}

/** The Node the lockfile pins; the running one when that could not be installed and is new enough itself. */
function findNode() {
  const pinned = join(root, 'node_modules', '.bin', 'node');
  if (spawnSync(pinned, ['--version']).status === 0) return pinned;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  return fail(
    'Node 24 is not in node_modules.',
    'allow install scripts (npm config set ignore-scripts false), remove node_modules and run it again',
  );
}

function handOver(node) {
  const child = spawn(node, [join(root, 'ops', 'src', 'main.ts'), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`,
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
  });
}

if (Number(process.versions.node.split('.')[0]) < 20) {
  fail(`Node ${process.versions.node} is too old.`, 'install Node 20 or newer');
}
await ensureInstalled();
handOver(findNode());

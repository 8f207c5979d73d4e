import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { root } from './fixtures/local-platform.ts';

vi.setConfig({ testTimeout: 120_000 });

let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'maxai-launcher-'));
  mkdirSync(join(checkout, 'ops/src'), { recursive: true });
  copyFileSync(join(root, 'maxai.mjs'), join(checkout, 'maxai.mjs'));
  writeLockfile('piece');
});

afterEach(() => {
  rmSync(checkout, { recursive: true });
});

/** A real lockfile of a package that depends on local folders, so that npm needs no network. */
function writeLockfile(...pieces: string[]): void {
  const own = {
    name: 'checkout',
    version: '1.0.0',
    dependencies: Object.fromEntries(pieces.map((piece) => [piece, `file:${piece}`])),
  };
  const locked = pieces.flatMap((piece) => [
    [piece, { version: '1.0.0' }],
    [`node_modules/${piece}`, { resolved: piece, link: true }],
  ]);
  for (const piece of pieces) {
    mkdirSync(join(checkout, piece), { recursive: true });
    const manifest = JSON.stringify({ name: piece, version: '1.0.0' });
    writeFileSync(join(checkout, piece, 'package.json'), manifest);
  }
  const packages = { '': own, ...Object.fromEntries(locked) };
  writeFileSync(join(checkout, 'package.json'), JSON.stringify(own));
  writeFileSync(
    join(checkout, 'package-lock.json'),
    JSON.stringify({ ...own, lockfileVersion: 3, packages }),
  );
}

function writeMain(text: string): void {
  writeFileSync(join(checkout, 'ops/src/main.ts'), text);
}

function launch(...args: string[]): ChildProcess {
  return spawn(process.execPath, [join(checkout, 'maxai.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function run(...args: string[]): Promise<{ code: number; output: string }> {
  const child = launch(...args);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text) => {
      output += String(text);
    });
  }
  const [code] = (await once(child, 'close')) as [number];
  return { code, output };
}

test('it installs once a lockfile, then hands over arguments and gives back the exit code', async () => {
  writeMain("console.log(`got ${process.argv.slice(2).join(' ')}`); process.exit(5);");
  const first = await run('up', '--detach');
  expect(first.output).toContain('Installing dependencies');
  expect(first.output).toContain('got up --detach');
  expect(first.code).toBe(5);
  expect(existsSync(join(checkout, 'node_modules/piece/package.json'))).toBe(true);
  expect((await run()).output).not.toContain('Installing');
  writeLockfile('piece', 'another');
  expect((await run()).output).toContain('Installing');
  expect(existsSync(join(checkout, 'node_modules/another/package.json'))).toBe(true);
});

test('an install that somebody made by hand is taken as it is', async () => {
  writeMain("console.log('ran');");
  await once(spawn('npm', ['ci'], { cwd: checkout, stdio: 'ignore' }), 'exit');
  expect((await run()).output).toBe('ran\n');
});

test('two at once install once', async () => {
  writeMain("console.log('ran');");
  const both = await Promise.all([run(), run()]);
  const outputs = both.map(({ output }) => output).join('');
  expect(outputs.match(/Installing dependencies/g)).toHaveLength(1);
  expect(outputs.match(/ran/g)).toHaveLength(2);
});

test('a lock that a killed install left is taken over', async () => {
  writeMain("console.log('ran');");
  mkdirSync(join(checkout, '.maxai'));
  writeFileSync(join(checkout, '.maxai/install.lock'), '4194999');
  expect((await run()).output).toContain('ran');
});

test('an install that fails says what npm said and how to go on', async () => {
  writeMain("console.log('ran');");
  writeFileSync(
    join(checkout, 'package-lock.json'),
    '{"lockfileVersion":3,"packages":{"":{},"node_modules/a/node_modules/b":{"version":"1"}}}',
  );
  const { code, output } = await run();
  expect(code).toBe(1);
  expect(output).toContain('npm ci failed');
  expect(output).toContain('Fix: ');
  expect(output).not.toContain('ran');
});

test('SIGTERM is passed on and its exit code given back', async () => {
  writeMain("console.log('installed');");
  await run();
  writeMain(
    "process.once('SIGTERM', () => process.exit(42)); console.log('waiting'); setInterval(() => {}, 1000);",
  );
  const child = launch();
  await once(child.stdout!, 'data');
  child.kill('SIGTERM');
  expect((await once(child, 'exit'))[0]).toBe(42);
});

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SharedCache } from './shared-cache.ts';

const root = mkdtempSync(join(tmpdir(), 'shared-cache-'));
afterAll(() => rmSync(root, { recursive: true }));

let builds = 0;
let clock = 1000;

/** The folder of a build's server code. */
function newBuild(id?: string): string {
  builds += 1;
  const serverDistDir = join(root, `build-${builds}`, 'server');
  mkdirSync(serverDistDir, { recursive: true });
  if (id !== undefined) writeFileSync(join(serverDistDir, '../BUILD_ID'), id);
  return serverDistDir;
}

function instances(folder: string | undefined = mkdtempSync(join(root, 'folder-'))) {
  const serverDistDir = newBuild('one');
  const start = (of = serverDistDir) =>
    new SharedCache({ folder, serverDistDir: of, now: () => (clock += 1) });
  return { folder, first: start(), second: start(), start };
}

const page = {
  kind: 'APP_PAGE',
  html: '<p>rendered</p>',
  rscData: Buffer.from('flight'),
  segmentData: new Map([['/', Buffer.from('segment')]]),
};

describe('what one instance rendered', () => {
  it('is given to the other, with its lifetime, as it was', async () => {
    const { first, second } = instances();
    await first.set('/status', page, { cacheControl: { revalidate: 60 } });
    expect(await second.get('/status')).toEqual({
      lastModified: clock,
      value: page,
      cacheControl: { revalidate: 60 },
    });
    expect(await second.get('/other')).toBeNull();
  });

  it('is gone for both when it is taken back', async () => {
    const { first, second } = instances();
    await first.set('/status', page);
    await second.set('/status', null);
    expect(await first.get('/status')).toBeNull();
  });

  it('is outdated for both once one of its tags is, and fresh when it is rendered anew', async () => {
    const { first, second } = instances();
    await first.set('/status', page, { tags: ['health', 'version'] });
    await second.revalidateTag('other');
    expect(await first.get('/status')).not.toBeNull();
    await second.revalidateTag(['version']);
    expect(await first.get('/status')).toBeNull();
    await first.set('/status', page, { tags: ['health', 'version'] });
    first.resetRequestCache();
    expect(await second.get('/status')).not.toBeNull();
  });

  it('is not given to another build', async () => {
    const { first, start } = instances();
    await first.set('/status', page);
    expect(await start(newBuild('two')).get('/status')).toBeNull();
    expect(await start(newBuild()).get('/status')).toBeNull();
  });

  it('is rendered again when what is stored cannot be read', async () => {
    const { first, folder } = instances();
    await first.set('/status', page);
    const entries = join(folder, 'one/entries');
    expect(readdirSync(entries)).toHaveLength(1);
    writeFileSync(join(entries, readdirSync(entries)[0]!), 'half');
    expect(await first.get('/status')).toBeNull();
  });
});

it('keeps nothing without a folder', async () => {
  const cache = new SharedCache({ folder: undefined, serverDistDir: newBuild('one') });
  await cache.set('/status', page);
  await cache.revalidateTag('version');
  expect(await cache.get('/status')).toBeNull();
});

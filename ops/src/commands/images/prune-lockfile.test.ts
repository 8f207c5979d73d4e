import { describe, expect, it } from 'vitest';
import { pruneLockfile, type Lockfile } from './prune-lockfile.ts';

const lockfile: Lockfile = {
  lockfileVersion: 3,
  packages: {
    '': { name: 'all', workspaces: ['packages/kernel', 'services/shop', 'services/other'] },
    'node_modules/@our/kernel': { resolved: 'packages/kernel', link: true },
    'node_modules/@our/shop': { resolved: 'services/shop', link: true },
    'node_modules/@our/other': { resolved: 'services/other', link: true },
    'packages/kernel': { name: '@our/kernel' },
    'services/shop': { name: '@our/shop', dependencies: { web: '1', unused: '1' } },
    'services/other': { name: '@our/other', dependencies: { unused: '1' } },
    'node_modules/web': {
      version: '1.0.0',
      integrity: 'sha512-web',
      dependencies: { parser: '2', '@our/kernel': '*' },
      optionalDependencies: { fast: '1', absent: '1' },
      peerDependencies: { host: '1', extra: '1' },
      peerDependenciesMeta: { extra: { optional: true } },
    },
    'node_modules/parser': { version: '1.0.0' },
    'node_modules/web/node_modules/parser': { version: '2.0.0', dependencies: { deep: '1' } },
    'node_modules/deep': { version: '1.0.0', dev: true },
    'node_modules/fast': { version: '1.0.0', optional: true, os: ['darwin'] },
    'node_modules/host': { version: '1.0.0', devOptional: true },
    'node_modules/extra': { version: '1.0.0' },
    'node_modules/unused': { version: '1.0.0' },
    'services/shop/node_modules/own': { version: '3.0.0' },
    'node_modules/tool': { version: '1.0.0', dev: true },
  },
};

const manifests = new Map([
  ['', { name: 'all', workspaces: ['services/shop'] }],
  ['services/shop', { name: '@our/shop', dependencies: { web: '1', own: '3' } }],
]);

describe('a lockfile reduced to one service', () => {
  const { packages, lockfileVersion } = pruneLockfile(lockfile, manifests);

  it('has what the service leads to, found as Node finds it, and nothing else', () => {
    expect(lockfileVersion).toBe(3);
    expect(Object.keys(packages)).toEqual([
      '',
      'node_modules/@our/shop',
      'node_modules/deep',
      'node_modules/fast',
      'node_modules/host',
      'node_modules/web',
      'node_modules/web/node_modules/parser',
      'services/shop',
      'services/shop/node_modules/own',
    ]);
  });

  it('keeps versions and hashes, and the manifests as they were given', () => {
    expect(packages['node_modules/web']).toEqual(lockfile.packages['node_modules/web']);
    expect(packages['services/shop']).toEqual(manifests.get('services/shop'));
  });

  it('marks as optional only what nothing requires, and nothing as a tool of development', () => {
    expect(packages['node_modules/fast']).toMatchObject({ optional: true, os: ['darwin'] });
    expect(packages['node_modules/deep']).toEqual({ version: '1.0.0' });
    expect(packages['node_modules/host']).toEqual({ version: '1.0.0' });
  });

  it('has the tools a manifest asks for', () => {
    const withTool = new Map([['', { name: 'all', devDependencies: { tool: '1' } }]]);
    expect(pruneLockfile(lockfile, withTool).packages).toEqual({
      '': withTool.get(''),
      'node_modules/tool': { version: '1.0.0' },
    });
  });
});

import { describe, expect, it } from 'vitest';
import { affinityCookie, chooseVersion, type TrafficSplit } from './traffic-split.ts';

const split = (canaryPercent: number): TrafficSplit => ({
  stable: { version: 'old', url: 'http://old' },
  canary: { version: 'new', url: 'http://new' },
  canaryPercent,
});
const choose = (percent: number, cookies?: string, draw = 0.5) =>
  chooseVersion('api-gateway', split(percent), cookies, draw);
const bound = (version: string) => `a=1; ${affinityCookie('api-gateway')}=${version}; b=2`;

describe('a request that no cookie binds', () => {
  it('goes to the new version by its share, and is bound to what answered [R82]', () => {
    expect(choose(10, undefined, 0.099)).toMatchObject({ version: 'new', url: 'http://new' });
    expect(choose(10, undefined, 0.1)).toMatchObject({ version: 'old', url: 'http://old' });
    expect(choose(10).setCookie).toBe(
      'maxai_version_api_gateway=old; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400',
    );
  });

  it('goes to one version alone when it has everything or nothing [R84]', () => {
    expect(choose(0, undefined, 0).version).toBe('old');
    expect(choose(100, undefined, 0.999).version).toBe('new');
  });
});

describe('a session [R39]', () => {
  it('stays with its version while that gets requests', () => {
    expect(choose(10, bound('new'), 0.9)).toMatchObject({ version: 'new', setCookie: null });
    expect(choose(90, bound('old'), 0)).toMatchObject({ version: 'old', setCookie: null });
  });

  it('does not stay on a version that was taken back, and is bound anew', () => {
    const choice = choose(0, bound('new'), 0);
    expect(choice.version).toBe('old');
    expect(choice.setCookie).toContain('=old;');
  });

  it('does not stay on the old version once the new one has everything', () => {
    expect(choose(100, bound('old')).version).toBe('new');
  });

  it('is not bound by a version nobody knows', () => {
    expect(choose(100, bound('evil')).version).toBe('new');
  });
});

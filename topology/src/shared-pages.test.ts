import { expect, it } from 'vitest';
import { platform } from './platform.ts';
import { pagesVariables } from './shared-pages.ts';

it('tells only an app that shares its pages where to keep them', () => {
  expect(Object.assign({}, ...platform.webApps.map((app) => pagesVariables(app)))).toEqual({
    PORTAL_WEB_CACHE_FOLDER: '/var/cache/pages',
  });
});

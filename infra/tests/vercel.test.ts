import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { platform } from '@maxai/topology/platform';

type VercelConfig = {
  readonly framework: string;
  readonly git: { readonly deploymentEnabled: boolean };
  readonly headers: readonly {
    readonly source: string;
    readonly headers: readonly { readonly key: string; readonly value: string }[];
  }[];
};

describe.each(platform.webApps.map((app) => [app.name, app.basePath] as const))(
  'the Vercel project of %s',
  (name, basePath) => {
    const file = join(import.meta.dirname, '../../apps', name, 'vercel.json');
    const config = JSON.parse(readFileSync(file, 'utf8')) as VercelConfig;

    it('builds Next.js and is deployed by the pipeline alone, not by a push [R12]', () => {
      expect(config.framework).toBe('nextjs');
      expect(config.git.deploymentEnabled).toBe(false);
    });

    it('lets static files be kept at the edge for a year, under the path of the app [R14,R66]', () => {
      expect(config.headers).toEqual([
        {
          source: `${basePath}/_next/static/(.*)`,
          headers: [{ key: 'Cache-Control', value: 'public, max-age=31536000, immutable' }],
        },
      ]);
    });
  },
);

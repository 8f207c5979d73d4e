import { securityHeaders } from '@maxai/ui/content-security-policy';
import type { NextConfig } from 'next';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

export default {
  output: 'standalone',
  outputFileTracingRoot: root,
  turbopack: { root },
  transpilePackages: ['@maxai/ui', '@maxai/api-client', '@maxai/contracts', '@maxai/kernel'],
  poweredByHeader: false,
  // The framework's own keeps pages in each instance's memory.
  cacheHandler: resolve(import.meta.dirname, 'shared-cache.ts'),
  cacheMaxMemorySize: 0,
  // Types are checked by `npm run types`; the native compiler has no API for Next.js to call.
  typescript: { ignoreBuildErrors: true },
  headers: async () => [{ source: '/:path*', headers: [...securityHeaders] }],
} satisfies NextConfig;

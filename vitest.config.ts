import { defineConfig } from 'vitest/config';

const nowhere = ['**/node_modules/**', '**/.next/**', '**/rendered/**', '.maxai/**'];

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['**/*.test.ts'],
          exclude: nowhere,
          globalSetup: ['ops/src/local/test-servers.ts'],
          pool: 'forks',
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        oxc: { jsx: { runtime: 'automatic' } },
        test: {
          name: 'web',
          environment: 'happy-dom',
          include: ['apps/**/*.test.tsx', 'packages/ui/**/*.test.tsx'],
          exclude: nowhere,
          pool: 'forks',
          testTimeout: 20_000,
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: [
        '{packages,contracts,topology,services,apps,sandbox,ops,bench,e2e,infra}/**/*.{ts,tsx}',
      ],
      exclude: [
        ...nowhere,
        '**/generated/**',
        '**/*.d.ts',
        '**/*.{md,sql,toml,json,prisma,mjs}',
        '**/*.test.{ts,tsx}',
        '**/tests/**',
        '**/*.config.{ts,mts}',
        // Process entry points: the start-up test proves them.
        '**/main.ts',
        '**/worker.ts',
        '**/migrate.ts',
        '**/bin/**',
      ],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 95, branches: 95 },
    },
  },
});

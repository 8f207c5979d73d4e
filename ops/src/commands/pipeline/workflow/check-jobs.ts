import type { Job } from './model.ts';
import { checkout, run } from './steps.ts';

const reading = {
  permissions: { contents: 'read' },
  'runs-on': 'ubuntu-24.04',
} as const;

/** What every change must pass, cheapest first. */
export const checkJobs = {
  lint: {
    name: 'Lint and types',
    ...reading,
    'timeout-minutes': 15,
    steps: [
      ...checkout(),
      run('Format', 'npm run format:check'),
      run('Lint', 'npm run lint'),
      run('Types', 'npm run types'),
      run('Unused code', 'npm run unused'),
      run('Generated files', 'npm run generate:check'),
    ],
  },
  unit: {
    name: 'Tests, 95 % coverage',
    needs: 'lint',
    ...reading,
    'timeout-minutes': 40,
    steps: [...checkout(), run('Test', 'npm test')],
  },
  contracts: {
    name: 'Contract tests',
    needs: 'unit',
    ...reading,
    'timeout-minutes': 10,
    steps: [...checkout(), run('Contracts', 'npx maxai contracts check')],
  },
  schemas: {
    name: 'Schema validation',
    needs: 'contracts',
    ...reading,
    'timeout-minutes': 60,
    steps: [
      ...checkout(),
      run('Schemas', 'npx maxai schemas check'),
      run('Topology', 'npx maxai topology check'),
      run('Migrations', 'npx maxai db check --compatibility last-release'),
    ],
  },
} as const satisfies Readonly<Record<string, Job>>;

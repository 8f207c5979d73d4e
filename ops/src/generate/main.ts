import { join } from 'node:path';
import { regenerate } from './generated-file.ts';
import { generators } from './generators.ts';

const check = process.argv.includes('--check');
const stale = await regenerate(join(import.meta.dirname, '../../..'), generators, !check);
for (const path of stale) process.stdout.write(`${check ? 'stale' : 'written'}: ${path}\n`);
if (check && stale.length > 0) {
  process.stdout.write('Run npm run generate and commit the result.\n');
  process.exitCode = 1;
}

import { join } from 'node:path';
import * as apiClientRoutes from './api-client-routes.ts';
import { databaseTypes } from './database-types.ts';
import { deploymentDoc } from './deployment-doc.ts';
import { regenerate, type Generator } from './generated-file.ts';

const generators: readonly Generator[] = [
  databaseTypes,
  deploymentDoc,
  () => [{ path: apiClientRoutes.path, content: apiClientRoutes.render() }],
];

const check = process.argv.includes('--check');
const stale = await regenerate(join(import.meta.dirname, '../../..'), generators, !check);
for (const path of stale) process.stdout.write(`${check ? 'stale' : 'written'}: ${path}\n`);
if (check && stale.length > 0) {
  process.stdout.write('Run npm run generate and commit the result.\n');
  process.exitCode = 1;
}

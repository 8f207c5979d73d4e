import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { maxaiCommand } from './command.ts';
import { repositoryRoot } from './platform/environment.ts';
import { describeError } from './supervisor/command-error.ts';

// What a command loads from here on is stripped and compiled once.
enableCompileCache(join(repositoryRoot, 'node_modules/.cache/maxai'));

try {
  await maxaiCommand().parseAsync();
} catch (error) {
  console.error(`\n${describeError(error)}`);
  process.exit(1);
}

import type { Command } from 'commander';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { maxaiCommand } from '../src/command.ts';
import { backupCommand } from '../src/commands/backup/command.ts';
import { costCommand } from '../src/commands/cost/command.ts';
import { releaseCommand } from '../src/commands/release/command.ts';
import { smokeCommand } from '../src/commands/smoke/command.ts';
import { repositoryRoot } from '../src/platform/environment.ts';

const folder = join(repositoryRoot, 'docs/runbooks');

/** The programs of their own that runbooks name. */
const programs: Readonly<Record<string, () => Command>> = {
  backup: backupCommand,
  cost: costCommand,
  release: releaseCommand,
  smoke: smokeCommand,
};

/** Everything is read as ever and nothing is done; what is wrong is thrown. */
function readOnly(command: Command): Command {
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  if (command.commands.length === 0) command.action(() => undefined);
  for (const child of command.commands) readOnly(child);
  return command;
}

async function read(line: string): Promise<void> {
  const [name = '', ...args] = line.split(/\s+/);
  const program = programs[name];
  await (program === undefined
    ? readOnly(maxaiCommand()).parseAsync([name, ...args], { from: 'user' })
    : readOnly(program()).parseAsync(args, { from: 'user' }));
}

const quoted = globSync('*.md', { cwd: folder }).flatMap((file) => {
  const text = readFileSync(join(folder, file), 'utf8');
  return [...text.matchAll(/`(?:npx )?maxai ([^`]+)`/g)].map(([, line = '']) => ({ file, line }));
});

describe('a command that a runbook quotes', () => {
  it.each(quoted)('$file: maxai $line is one there is', async ({ line }) => {
    await expect(read(line)).resolves.toBeUndefined();
  });

  it.each([
    ['release rollback iam', 'too many arguments'],
    ['release rollback --cluster production', 'unknown option'],
    ['cost forecast', 'unknown command'],
    ['restart', 'missing required argument'],
    ['mend', 'unknown command'],
  ])('would be told when it were wrong: %s', async (line, words) => {
    await expect(read(line)).rejects.toThrow(words);
  });

  it('is of a program whose arguments are read here', () => {
    const passedOn = maxaiCommand().commands.flatMap((command) =>
      command.registeredArguments.some(({ variadic }) => variadic) ? [command.name()] : [],
    );
    const named = new Set(quoted.map(({ line }) => String(line.split(/\s+/)[0])));
    expect(passedOn.filter((name) => named.has(name)).toSorted()).toEqual(
      Object.keys(programs).toSorted(),
    );
  });
});

import type { Command } from 'commander';
import { describeError } from '../supervisor/command-error.ts';

/** Runs a command that is a program of its own, with this process's arguments. */
export async function runCommand(command: Command, argv = process.argv): Promise<void> {
  try {
    await command.parseAsync(argv);
  } catch (error) {
    console.error(`\n${describeError(error)}`);
    process.exitCode = 1;
  }
}

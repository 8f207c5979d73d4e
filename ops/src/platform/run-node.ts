import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repositoryRoot } from './environment.ts';

/** Runs a program of the checkout on this Node with the terminal's input and output. Returns its exit code. */
export async function runNode(entry: string, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [join(repositoryRoot, entry), ...args], {
    cwd: repositoryRoot,
    stdio: 'inherit',
  });
  const passOn = (signal: NodeJS.Signals) => void child.kill(signal);
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, passOn);
  const [code] = await once(child, 'exit');
  for (const signal of signals) process.off(signal, passOn);
  return typeof code === 'number' ? code : 1;
}

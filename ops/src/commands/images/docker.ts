import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { CommandError } from '../../supervisor/command-error.ts';

/** The engine's command line, talking to one engine. */
export type Docker = {
  /** Its answer without the last line break. Throws `CommandError` with what it says when it fails. */
  readonly run: (args: readonly string[]) => Promise<string>;
  /** The same, with the answer as it is. */
  readonly runRaw: (args: readonly string[]) => Promise<Buffer>;
};

const endOfOutput = 3000;

/** `host` is the engine's address; without one it is where the command line itself would look. */
export function dockerAt(host?: string, program = 'docker'): Docker {
  const env = { ...process.env, ...(host !== undefined && { DOCKER_HOST: host }) };
  async function runRaw(args: readonly string[]): Promise<Buffer> {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out.push(chunk);
      said = `${said}${chunk.toString('latin1')}`.slice(-endOfOutput);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString()}`.slice(-endOfOutput);
    });
    const [code] = (await once(child, 'close')) as [number | null];
    if (code === 0) return Buffer.concat(out);
    throw new CommandError(
      `${program} ${args.slice(0, 2).join(' ')} failed (exit code ${code}):\n${said.trim()}`,
      'mend what it says, then run it again',
    );
  }
  return { runRaw, run: async (args) => (await runRaw(args)).toString().trimEnd() };
}

/** Whether an engine answers there. */
export function answers(host?: string, program = 'docker'): boolean {
  const env = { ...process.env, ...(host !== undefined && { DOCKER_HOST: host }) };
  return spawnSync(program, ['version', '--format', '{{.Server.Version}}'], { env }).status === 0;
}

import { spawnSync } from 'node:child_process';
import { CommandError } from '../../supervisor/command-error.ts';

export type ToolRun = {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly input?: string;
};

/** Programs the pipeline uses that no package brings, and where they come from. */
const sources: Readonly<Record<string, string>> = {
  git: 'install git',
  kubectl: 'install kubectl; the runners of GitHub have it',
  trivy: 'install trivy (https://trivy.dev); the workflow does it with aquasecurity/setup-trivy',
  cosign:
    'install cosign (https://sigstore.dev); the workflow does it with sigstore/cosign-installer',
};

export type ToolOutcome = {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** Runs a program to its end, whatever its exit code. */
export function tryTool(name: string, args: readonly string[], run: ToolRun): ToolOutcome {
  const { error, status, stdout, stderr } = spawnSync(name, [...args], {
    ...run,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') {
    throw new CommandError(`${name} is not installed`, sources[name] ?? `install ${name}`);
  }
  return { status, stdout, stderr };
}

/** Runs a program and returns what it printed; its own words are the error. */
export function runTool(name: string, args: readonly string[], run: ToolRun): string {
  const { status, stdout, stderr } = tryTool(name, args, run);
  if (status === 0) return stdout;
  const said = (stderr || stdout).trim().slice(-2000);
  throw new CommandError(
    `${name} ${args.slice(0, 3).join(' ')} ended with ${status}: ${said}`,
    `mend what ${name} says and run this step again`,
  );
}

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../supervisor/command-error.ts';
import { lastLines } from '../supervisor/log-file.ts';
import { echoWorkflow, signingCredential } from './echo-workflow.ts';
import type { N8nFolder } from './n8n-folder.ts';

type Program = {
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
};

async function runN8n({ entry, env, logFile }: Program, ...args: readonly string[]): Promise<void> {
  const log = openSync(logFile, 'a');
  const stdio = ['ignore', log, log] as const;
  const child = spawn(process.execPath, [entry, ...args], { env, stdio: [...stdio] });
  closeSync(log);
  const [code] = await once(child, 'exit');
  if (code === 0) return;
  throw new CommandError(
    `n8n ${args[0]} failed. The end of its log:\n\n${lastLines(logFile, 20)}\n`,
    `mend what the log says (all of it: ${logFile}), then start again`,
  );
}

/**
 * Gives n8n the platform's signing key and the workflow that shows the contract, published; only while it does not
 * run, and only when they have changed. The key lies in a file for as long as n8n reads it.
 */
export async function publishWorkflows(
  folder: N8nFolder,
  program: Program,
  signingKey: string,
): Promise<void> {
  const workflow = echoWorkflow();
  const credentials = JSON.stringify([
    { ...signingCredential, type: 'crypto', data: { hmacSecret: signingKey } },
  ]);
  const workflows = JSON.stringify([workflow]);
  const wanted = createHash('sha256')
    .update(credentials + workflows)
    .digest('hex');
  if (existsSync(folder.published) && readFileSync(folder.published, 'utf8') === wanted) return;
  const input = join(folder.home, 'import.json');
  try {
    writeFileSync(input, credentials, { mode: 0o600 });
    await runN8n(program, 'import:credentials', `--input=${input}`);
    writeFileSync(input, workflows);
    await runN8n(program, 'import:workflow', `--input=${input}`);
  } finally {
    rmSync(input, { force: true });
  }
  await runN8n(program, 'publish:workflow', `--id=${workflow.id}`);
  writeFileSync(folder.published, wanted);
}

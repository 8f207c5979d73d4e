import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AskedDecision } from './run-release.ts';

function fileOf(folder: string, id: string): string {
  return join(folder, `${id}.decision`);
}

/** Asks whoever runs the release for a decision; the file returned is gone once it was taken. */
export function askFor(folder: string, id: string, asked: AskedDecision): string {
  const file = fileOf(folder, id);
  writeFileSync(`${file}.new`, JSON.stringify(asked));
  renameSync(`${file}.new`, file);
  return file;
}

/** Takes what was asked for, once. */
export function takeAsked(folder: string, id: string): AskedDecision | undefined {
  const file = fileOf(folder, id);
  if (!existsSync(file)) return undefined;
  // Only `askFor` writes this file, and it replaces it whole.
  const asked = JSON.parse(readFileSync(file, 'utf8')) as AskedDecision;
  rmSync(file);
  return asked;
}

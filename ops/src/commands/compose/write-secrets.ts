import { composeSecretFiles } from '@maxai/topology/render/compose/secret-files';
import { developmentSecrets } from '@maxai/topology/development-plan';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readOrMakeSecrets } from '../../supervisor/secrets-file.ts';

const valuesFile = 'secrets.json';

/**
 * Writes the secrets of every container under `folder`, one file each. Values are made once and kept, so the data
 * of a later start still opens. Only the folder's owner can enter it; inside, a file is readable, because the
 * user of the container that mounts it is another. Returns how many there are.
 */
export function writeComposeSecrets(folder: string, pooled: boolean): number {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const secrets = readOrMakeSecrets(join(folder, valuesFile), developmentSecrets);
  const files = composeSecretFiles((name) => String(secrets[name]), pooled);
  for (const { path, content } of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    chmodSync(dirname(file), 0o755);
    rmSync(file, { force: true });
    writeFileSync(file, content);
    chmodSync(file, 0o444);
  }
  return files.length;
}

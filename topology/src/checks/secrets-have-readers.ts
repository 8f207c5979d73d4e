import { secretReaders } from '../secret-readers.ts';
import { secretsFile, type Check } from './finding.ts';

/** A secret nobody reads is one more thing to leak and rotate. */
export const secretsHaveReaders: Check = (platform) => {
  const readers: ReadonlySet<string> = new Set(secretReaders(platform).keys());
  return Object.keys(platform.secrets)
    .filter((name) => !readers.has(name))
    .map((name) => ({
      check: 'secrets-have-readers',
      file: secretsFile,
      declaration: `secret ${name}`,
      reason: 'No setting, edge or schema reads it',
      fix: 'Read it in a deploy.ts or remove it from topology/src/secrets.ts',
    }));
};

import { CommandError } from '../../supervisor/command-error.ts';
import { examineContracts } from './check.ts';
import { recordRelease } from './released.ts';

/** `maxai contracts release <version>`: what is served from now on is what the next change is held to. */
export async function release(root: string, version: string): Promise<void> {
  const { findings, documents, consumers } = await examineContracts(root);
  if (findings.length > 0) {
    throw new CommandError(
      `The contracts have ${findings.length} findings`,
      'see npx maxai contracts check, mend them and release again',
    );
  }
  console.log(`Recorded ${recordRelease(root, { version, documents, consumers })}; commit it`);
}

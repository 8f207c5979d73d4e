import { spawnSync } from 'node:child_process';
import { CommandError } from '../../supervisor/command-error.ts';

/** The CycloneDX document of what a reduced lockfile installs; `manifests` is the folder it is in. */
export function billOfMaterials(manifests: string): string {
  const made = spawnSync(
    'npm',
    // The lockfile says what is installed; whether peers agree with each other is not asked here.
    ['sbom', '--sbom-format=cyclonedx', '--package-lock-only', '--omit=dev', '--legacy-peer-deps'],
    { cwd: manifests, encoding: 'utf8' },
  );
  if (made.status === 0) return made.stdout;
  throw new CommandError(
    `npm could not list the contents of ${manifests}:\n${made.stderr}`,
    'mend what it says; it takes npm 9.5 or newer (npm --version)',
  );
}

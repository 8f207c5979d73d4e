import { lastReleased } from '../pipeline/approval-tags.ts';
import { checkCompatibility } from './compatibility.ts';
import { checkMigrations } from './check-migrations.ts';
import { printFinding } from './finding.ts';

export type CheckOptions = { readonly compatibility?: string; readonly json?: true };

/** `maxai db check`: 0 when every migration keeps the rules and, if asked, both versions of the code live with them. */
export function check(
  root: string,
  options: CheckOptions,
  env: NodeJS.ProcessEnv = process.env,
): number {
  const { findings, checked } = checkMigrations(root);
  if (options.json === true) {
    console.log(JSON.stringify({ checked, findings }, null, 2));
  } else {
    for (const finding of findings) console.error(printFinding(finding));
    console.log(`${checked} migrations, ${findings.length} findings`);
  }
  if (findings.length > 0 || options.compatibility === undefined) return findings.length;
  return reportCompatibility(root, options.compatibility, env);
}

/** `last-release` is the newest tag of the pipeline that this commit is built on. */
function resolve(root: string, ref: string, env: NodeJS.ProcessEnv): string | null {
  return ref === 'last-release' ? lastReleased({ cwd: root, env }, 'HEAD') : ref;
}

function reportCompatibility(root: string, wanted: string, env: NodeJS.ProcessEnv): number {
  const ref = resolve(root, wanted, env);
  if (ref === null) {
    console.log('There is no release yet that old code could be of');
    return 0;
  }
  const { findings, services, runs } = checkCompatibility(root, ref, env);
  for (const finding of findings) console.error(printFinding(finding));
  if (findings.length > 0) return findings.length;
  if (services.length === 0) {
    console.log(`No service has a migration that ${ref} does not have`);
    return 0;
  }
  for (const { code, passed } of runs) {
    const whose = code === 'old' ? `The code of ${ref}` : 'The code here';
    console.log(
      `${whose} ${passed ? 'passes' : 'FAILS'} the tests of ${services.join(', ')} on the migrated schema`,
    );
  }
  const failed = runs.filter(({ passed }) => !passed);
  if (failed.some(({ code }) => code === 'old')) {
    console.error(
      '  Fix: expand instead of change: add beside the old, let both live, contract after the release is retired',
    );
  }
  return failed.length;
}

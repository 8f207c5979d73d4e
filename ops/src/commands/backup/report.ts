import type { Backup } from '../../recovery/list-backups.ts';
import type { Damage, Verification } from '../../recovery/verify-backups.ts';
import { formatTable } from '../../terminal/format-table.ts';

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function backupTable(backups: readonly Backup[]): string {
  return formatTable(
    ['backup', 'repository', 'type', 'finished', 'database', 'stored'],
    backups.map(({ label, repository, type, finishedAt, bytes, storedBytes }) => [
      label,
      repository,
      type,
      finishedAt.toISOString(),
      megabytes(bytes),
      megabytes(storedBytes),
    ]),
  );
}

/** A file of the archive lies in a folder named after the PostgreSQL it is of. */
const ofLog = /\b\d+-\d+\/[0-9A-F]{16}\/|missing WAL/;

function fixFor({ where, what }: Damage): string {
  if (where === 'secrets') return 'seal a new copy of the secrets: npx maxai backup create';
  const other = where === 'primary' ? 'separate' : 'primary';
  return ofLog.test(what)
    ? `back up, so that no later moment needs the damaged log (npx maxai backup create --repository ${where}), and restore to earlier ones with --repository ${other}`
    : `take a new full backup (npx maxai backup create --type full --repository ${where}) and restore with --repository ${other} until then`;
}

export function verificationText(verification: Verification): string {
  const { filesChecked, segmentsChecked, secrets, damage } = verification;
  const checked = `${filesChecked} files of backups and ${segmentsChecked} segments of write-ahead log read, secrets: ${secrets}.`;
  if (damage.length === 0) return `${checked}\nEverything is whole.`;
  const lines = damage.map(({ where, what }) => `  - ${where}: ${what}`);
  const fixes = new Set(damage.map((one) => `  Fix: ${fixFor(one)}`));
  return `${checked}\nDamaged:\n${[...lines, ...fixes].join('\n')}`;
}

import type { Backup } from '../../recovery/list-backups.ts';
import type { Verification } from '../../recovery/verify-backups.ts';
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

export function verificationText(verification: Verification): string {
  const { filesChecked, segmentsChecked, secrets, damage } = verification;
  const checked = `${filesChecked} files of backups and ${segmentsChecked} segments of write-ahead log read, secrets: ${secrets}.`;
  if (damage.length === 0) return `${checked}\nEverything is whole.`;
  const lines = damage.map(({ where, what }) => `  - ${where}: ${what}`);
  return `${checked}\nDamaged:\n${lines.join('\n')}\n  Fix: take a new full backup (npx maxai backup create --type full) and restore from others until then`;
}

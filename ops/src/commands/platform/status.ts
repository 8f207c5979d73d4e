import { stateFolderOf } from '../../platform/environment.ts';
import { platformStatus, type PlatformStatus } from '../../platform/platform-status.ts';

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}

/** The status as a person reads it: one line a process. */
export function formatStatus(status: PlatformStatus): string {
  if (status.supervisor === null) return 'MaxAI is not running. Start it with npm start.';
  const rows = [
    ['process', 'state', 'pid', 'port', 'restarts', 'memory'],
    ...status.processes.map((entry) => [
      entry.name,
      entry.state === 'running' && !entry.healthy ? 'unhealthy' : entry.state,
      String(entry.pid),
      String(entry.port),
      String(entry.restarts),
      megabytes(entry.rssBytes),
    ]),
    [
      'supervisor',
      '',
      String(status.supervisor.pid),
      '',
      '',
      megabytes(status.supervisor.rssBytes),
    ],
  ];
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(column === 0 ? 21 : 11)));
  const table = lines.map((cells) => cells.join('').trimEnd()).join('\n');
  return `MaxAI is ${status.state}: ${status.url} (${megabytes(status.rssBytes)} in all)\n\n${table}`;
}

export async function reportStatus(options: { readonly json?: true }): Promise<void> {
  const current = await platformStatus(stateFolderOf(process.env));
  console.log(
    options.json === true ? JSON.stringify(current, undefined, 2) : formatStatus(current),
  );
}

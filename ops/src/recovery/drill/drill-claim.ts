import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  readlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopPlatform } from '../../commands/platform/down.ts';
import { CommandError } from '../../supervisor/command-error.ts';
import {
  isAlive,
  processRef,
  sendSignal,
  type ProcessRef,
} from '../../supervisor/process-table.ts';
import { openStateFolder } from '../../supervisor/state-folder.ts';

type Claim = ProcessRef & { readonly folder: string };

export type DrillFolder = {
  readonly path: string;
  /** Ends everything that runs from the folder and removes it. */
  readonly clear: () => Promise<void>;
};

function claimFile(port: number): string {
  return join(tmpdir(), `maxai-drill-${port}.json`);
}

function mentions(pid: string, folder: string): boolean {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return command.includes(`${folder}/`) || readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
  } catch {
    return false;
  }
}

/** Processes that were started for the folder: by their command line, or because they work in it. */
export function processesOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => mentions(name, folder))
    .map(Number);
}

async function clear(folder: string): Promise<void> {
  const sites = existsSync(folder) ? readdirSync(folder) : [];
  for (const site of sites.filter((name) => existsSync(join(folder, name, 'supervisor.json')))) {
    await stopPlatform(openStateFolder(join(folder, site)));
  }
  for (const pid of processesOf(folder)) sendSignal(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

/**
 * A folder for one drill, and its ports for as long as it lasts. What a drill that was killed left is cleared
 * first; one that still runs is a {@link CommandError}.
 */
export async function claimDrill(port: number): Promise<DrillFolder> {
  const file = claimFile(port);
  if (existsSync(file)) {
    // Written below in one write.
    const claim = JSON.parse(readFileSync(file, 'utf8')) as Claim;
    if (isAlive(claim)) {
      throw new CommandError(
        `Another drill (pid ${claim.pid}) runs on these ports.`,
        `wait for it, or choose others: --port ${port + 3000}`,
      );
    }
    await clear(claim.folder);
    rmSync(file, { force: true });
  }
  const path = mkdtempSync(join(tmpdir(), 'maxai-drill-'));
  chmodSync(path, 0o711);
  const claim: Claim = { ...processRef(process.pid), folder: path };
  writeFileSync(file, JSON.stringify(claim), { flag: 'wx', mode: 0o600 });
  return {
    path,
    clear: async () => {
      await clear(path);
      rmSync(file, { force: true });
    },
  };
}

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ProcessRef } from './process-table.ts';

export type ChildState = 'starting' | 'running' | 'restarting' | 'crash-loop';

export type ChildRecord = ProcessRef & {
  readonly name: string;
  readonly port: number;
  /** Absent for servers without HTTP, which count as healthy when they accept a connection. */
  readonly healthUrl?: string;
  readonly logFile: string;
  readonly stopSignal: NodeJS.Signals;
  readonly state: ChildState;
  readonly restarts: number;
};

/** What is known of a platform from outside its supervisor; enough to clean up after one that was killed. */
export type SupervisorRecord = ProcessRef & {
  readonly state: 'starting' | 'ready' | 'stopping';
  readonly url: string;
  readonly children: readonly ChildRecord[];
};

/** Everything a platform keeps on disk, in one folder. */
export type StateFolder = {
  readonly path: string;
  readonly file: (name: string) => string;
  readonly log: (name: string) => string;
  readonly readSupervisor: () => SupervisorRecord | undefined;
  readonly writeSupervisor: (record: SupervisorRecord) => void;
  readonly forgetSupervisor: () => void;
};

export function openStateFolder(path: string): StateFolder {
  const root = resolve(path);
  const file = (name: string) => join(root, name);
  const supervisorFile = file('supervisor.json');
  mkdirSync(file('logs'), { recursive: true });
  return {
    path: root,
    file,
    log: (name) => join(root, 'logs', `${name}.log`),
    readSupervisor() {
      if (!existsSync(supervisorFile)) return undefined;
      // Only writeSupervisor below writes this file, and it replaces it whole.
      return JSON.parse(readFileSync(supervisorFile, 'utf8')) as SupervisorRecord;
    },
    writeSupervisor(record) {
      const draft = `${supervisorFile}.${process.pid}`;
      writeFileSync(draft, JSON.stringify(record, undefined, 2));
      renameSync(draft, supervisorFile);
    },
    forgetSupervisor: () => rmSync(supervisorFile, { force: true }),
  };
}

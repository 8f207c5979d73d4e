import { readdirSync, readFileSync } from 'node:fs';

/** A process that cannot be mistaken for a later one with the same pid: `startTicks` is its start since boot. */
export type ProcessRef = { readonly pid: number; readonly startTicks: number };

type ProcessStat = ProcessRef & {
  readonly state: string;
  readonly parentPid: number;
  readonly groupId: number;
};

function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return undefined;
  }
}

/** Field numbers are those of proc(5); the command name may hold spaces and brackets, so it is skipped. */
function statOf(pid: number): ProcessStat | undefined {
  const text = readProc(`${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    pid,
    state: String(fields[0]),
    parentPid: Number(fields[1]),
    groupId: Number(fields[2]),
    startTicks: Number(fields[19]),
  };
}

function allProcesses(): ProcessStat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat !== undefined)
    .filter((stat) => stat.state !== 'Z');
}

/** The process that has this pid now; one that ended a moment ago gets ticks that match nothing. */
export function processRef(pid: number): ProcessRef {
  return { pid, startTicks: statOf(pid)?.startTicks ?? -1 };
}

export function isAlive(ref: ProcessRef): boolean {
  const stat = statOf(ref.pid);
  return stat !== undefined && stat.state !== 'Z' && stat.startTicks === ref.startTicks;
}

/** Sends the signal and reports whether anything was there to take it; a negative pid is a process group. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/**
 * The group a recorded process led, unless its number now belongs to somebody else. While any member lives the
 * kernel gives the number to no new process, so members of a leaderless group are the recorded ones.
 */
export function groupIsOurs(ref: ProcessRef): boolean {
  const leader = statOf(ref.pid);
  if (leader !== undefined) return leader.startTicks === ref.startTicks;
  return allProcesses().some((stat) => stat.groupId === ref.pid);
}

/** Each process and everything below it, in one look at the table. */
export function treesOf(pids: readonly number[]): number[][] {
  const children = Map.groupBy(allProcesses(), ({ parentPid }) => parentPid);
  const below = (pid: number): number[] => [
    pid,
    ...(children.get(pid) ?? []).flatMap((child) => below(child.pid)),
  ];
  return pids.map(below);
}

/** The process and everything below it. */
export function treeOf(pid: number): number[] {
  return treesOf([pid]).flat();
}

function sumOfBytes(pids: readonly number[], kilobytes: RegExp): number {
  const each = pids.map((pid) =>
    Number(kilobytes.exec(readProc(`${pid}/smaps_rollup`) ?? '')?.[1] ?? 0),
  );
  return each.reduce((sum, value) => sum + value, 0) * 1024;
}

/**
 * Resident bytes of these processes: each page that several share counts in parts that add up to one (Pss), so that
 * figures of different processes add up as well.
 */
export function residentBytes(pids: readonly number[]): number {
  return sumOfBytes(pids, /^Pss:\s+(\d+) kB/m);
}

/** Of the resident bytes those that these processes allocated for themselves: no file, and no memory made to be shared. */
export function ownBytes(pids: readonly number[]): number {
  return sumOfBytes(pids, /^Pss_Anon:\s+(\d+) kB/m);
}

/** The command line, for a message to a person. */
export function commandOf(pid: number): string {
  return (readProc(`${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim().slice(0, 100);
}

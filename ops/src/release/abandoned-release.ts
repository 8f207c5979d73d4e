import { existsSync } from 'node:fs';
import { trafficFileOf } from '../platform/local-platform.ts';
import { waitUntil } from '../supervisor/probe.ts';
import { groupIsOurs, sendSignal, type ProcessRef } from '../supervisor/process-table.ts';
import type { StateFolder } from '../supervisor/state-folder.ts';
import { changeSplits } from './change-splits.ts';
import { releasesFolder } from './control-release.ts';
import { forgetHold, isControlled, readHold } from './release-hold.ts';
import { openReleaseRecord, releasesOf } from './release-record.ts';
import { isOpen, type ReleaseState } from './release-rules.ts';

const graceMs = 30_000;

async function endProcess(process: ProcessRef): Promise<void> {
  if (groupIsOurs(process)) sendSignal(-process.pid, 'SIGTERM');
  if (await waitUntil(() => !groupIsOurs(process), graceMs)) return;
  sendSignal(-process.pid, 'SIGKILL');
}

/** Takes a version back in the place of its controller, which is gone: its share first, then its processes. */
export async function takeBackAbandoned(
  state: StateFolder,
  { id, service, to }: ReleaseState,
  decision: 'abort' | 'rollback',
  by: string,
): Promise<void> {
  const folder = releasesFolder(state);
  const record = openReleaseRecord(folder);
  const hold = readHold(folder, id);
  const reason = 'a person decided; its controller was gone';
  record.append(id, { at: Date.now(), kind: 'decided', decision, by, reason });
  await changeSplits(trafficFileOf(state), (splits) => {
    const split = splits[service];
    return split !== undefined && split.canary.url === hold?.url
      ? { ...splits, [service]: { ...split, canaryPercent: 0 } }
      : undefined;
  });
  record.append(id, { at: Date.now(), kind: 'shifted', percent: 0 });
  await Promise.all((hold?.processes ?? []).map(endProcess));
  record.append(id, { at: Date.now(), kind: 'drained', version: to });
  forgetHold(folder, id);
}

/** Takes back every release of which something is left although its controller is gone; returns their ids. */
export async function takeBackAllAbandoned(state: StateFolder, by: string): Promise<string[]> {
  const folder = releasesFolder(state);
  if (!existsSync(folder)) return [];
  const left = releasesOf(openReleaseRecord(folder), undefined).filter(
    ({ id }) => readHold(folder, id) !== undefined && !isControlled(folder, id),
  );
  for (const release of left) {
    await takeBackAbandoned(state, release, isOpen(release) ? 'abort' : 'rollback', by);
  }
  return left.map(({ id }) => id);
}

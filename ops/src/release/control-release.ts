import { releasePolicy, type ReleasePolicy } from '@maxai/topology/release-policy';
import { setTimeout as pause } from 'node:timers/promises';
import type { LocalProcess } from '../platform/local-plan.ts';
import { claimFile } from '../supervisor/claim-file.ts';
import { CommandError } from '../supervisor/command-error.ts';
import { processRef, type ProcessRef } from '../supervisor/process-table.ts';
import type { StateFolder } from '../supervisor/state-folder.ts';
import { askFor, takeAsked } from './decision-requests.ts';
import { localRelease, type LocalVersion } from './local-release.ts';
import { forgetHold, writeHold } from './release-hold.ts';
import { openReleaseRecord, releasesOf } from './release-record.ts';
import { isOpen } from './release-rules.ts';
import { runRelease } from './run-release.ts';

export type ControlOptions = {
  readonly state: StateFolder;
  readonly process: LocalProcess;
  readonly version: LocalVersion;
  readonly by: string;
  /** Every time of the policy is divided by it; its limits and shares stay. */
  readonly speed: number;
  /** Raised when the platform stops: the release ends with it. */
  readonly stopping: AbortSignal;
  /** Given once the record has its first line. */
  readonly onStart?: (id: string) => void;
};

/** The policy with its times divided; a window is never shorter than a few scrapes. */
export function hastened(policy: ReleasePolicy, speed: number): ReleasePolicy {
  const { judgement } = policy;
  return {
    ...policy,
    judgement: {
      ...judgement,
      intervalSeconds: judgement.intervalSeconds / speed,
      windowSeconds: Math.max(5, Math.round(judgement.windowSeconds / speed)),
    },
  };
}

export function releasesFolder(state: StateFolder): string {
  return state.file('releases');
}

function claimRelease(state: StateFolder): () => void {
  const claim = claimFile(state.file('release.claim'));
  if ('release' in claim) {
    let held = true;
    // Once only: the next release may have the claim by the second time.
    return () => {
      if (held) claim.release();
      held = false;
    };
  }
  throw new CommandError(
    'Another release is under way.',
    'wait for it (npx maxai release status), or end it: npx maxai release abort',
  );
}

/** A release's id: sortable by its start, and no other's, also when two begin in the same millisecond. */
export function releaseId(now: number, taken: readonly string[]): string {
  const id = `rel-${new Date(now).toISOString().replaceAll(/[-:.Z]/g, '')}`;
  return taken.includes(id) ? releaseId(now + 1, taken) : id;
}

/** Two versions of one name would be measured as one, and every session would belong to the new one. */
function requireOtherName(service: string, from: string, to: string): void {
  if (from !== to) return;
  throw new CommandError(
    `${service} runs version ${from} already.`,
    'give the new version a name of its own: --version <name>',
  );
}

async function controlClaimed(options: ControlOptions, letGo: () => void): Promise<string> {
  const { state, stopping, speed } = options;
  const folder = releasesFolder(state);
  const record = openReleaseRecord(folder);
  const id = releaseId(Date.now(), record.ids());
  const policy = hastened(releasePolicy('development'), speed);
  const processes: ProcessRef[] = [];
  const hold = (url: string) =>
    writeHold(folder, id, { controller: processRef(process.pid), url, processes });
  const driver = await localRelease({
    ...options,
    scrapeIntervalSeconds: Math.max(1, Math.round(15 / speed)),
    onSpawn: (pid) => {
      processes.push(processRef(pid));
      hold(driver.url);
    },
  });
  requireOtherName(options.process.name, driver.from, options.version.name);
  try {
    hold(driver.url);
    await runRelease(
      {
        id,
        service: options.process.name,
        from: driver.from,
        to: options.version.name,
        by: options.by,
        policy,
        judgedBy: 'requests',
        driver,
        append: (event) => {
          record.append(id, event);
          if (event.kind === 'started') options.onStart?.(id);
        },
        askBack: (reason) => {
          const later = releasesOf(record, options.process.name).findLast(isOpen);
          if (later !== undefined) askFor(folder, later.id, { decision: 'abort', by: id, reason });
        },
        asked: () => takeAsked(folder, id),
        now: () => Date.now(),
        wait: (ms) =>
          pause(ms, undefined, { signal: stopping }).catch((cause: unknown) => {
            throw new Error('the platform or the controller was told to end', { cause });
          }),
      },
      () => {
        letGo();
        void driver.endJudgement();
      },
    );
  } finally {
    await driver.endJudgement();
    // Last: a judgement that was still starting has written itself down meanwhile.
    forgetHold(folder, id);
  }
  return id;
}

/** Runs one release on this machine from its start until its new version has ended, or the platform stops. */
export async function controlRelease(options: ControlOptions): Promise<string> {
  const letGo = claimRelease(options.state);
  try {
    return await controlClaimed(options, letGo);
  } finally {
    letGo();
  }
}

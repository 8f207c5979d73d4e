import { until } from '@maxai/runtime/testing';
import { describe, expect, it } from 'vitest';
import { startBackupSchedule } from './backup-schedule.ts';
import type { BackupToMake } from './due-backups.ts';

function schedule(create: (wanted: BackupToMake, signal: AbortSignal) => Promise<unknown>) {
  const lines: string[] = [];
  const running = startBackupSchedule({
    list: () => Promise.resolve([]),
    create,
    report: (line) => lines.push(line),
    now: () => new Date(),
    everyMs: 5,
  });
  return { running, lines };
}

describe('the schedule of backups', () => {
  it('makes what is due and tells of it', async () => {
    const made: BackupToMake[] = [];
    const { running, lines } = schedule((wanted) => Promise.resolve(made.push(wanted)));
    await until(() => made.length >= 2);
    await running.stop();
    expect(made.slice(0, 2)).toEqual([
      { repository: 'primary', type: 'full' },
      { repository: 'separate', type: 'full' },
    ]);
    expect(lines[0]).toBe('Backed up (full) into the primary repository');
  });

  it('tells of one that failed and tries again', async () => {
    let attempts = 0;
    const { running, lines } = schedule(() => {
      attempts += 1;
      return Promise.reject(new Error('the disk is full'));
    });
    await until(() => attempts >= 2);
    await running.stop();
    expect(lines[0]).toMatch(/was not made: [^]*the disk is full/);
  });

  it('gives up the one under way when it is stopped, and is silent about it', async () => {
    const begun = Promise.withResolvers<void>();
    const { running, lines } = schedule(
      (_wanted, signal) =>
        new Promise((resolve, reject) => {
          begun.resolve();
          signal.addEventListener('abort', () => reject(new Error('given up')));
        }),
    );
    await begun.promise;
    await running.stop();
    expect(lines).toEqual([]);
  });

  it('begins nothing more once it is stopped', async () => {
    const finish = Promise.withResolvers<void>();
    let begun = 0;
    const { running, lines } = schedule(() => {
      begun += 1;
      return finish.promise;
    });
    await until(() => begun === 1);
    const stopped = running.stop();
    finish.resolve();
    await stopped;
    expect(begun).toBe(1);
    expect(lines).toHaveLength(1);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openStateFolder } from '../supervisor/state-folder.ts';
import { platformOfState } from './platform-of-state.ts';
import { holdPostgres, untilReleased } from './postgres-hold.ts';

const open = () => openStateFolder(mkdtempSync(join(tmpdir(), 'maxai-hold-')));

it('keeps PostgreSQL from starting until released, and not for a holder that died', async () => {
  const state = open();
  await untilReleased(state);
  writeFileSync(state.file('postgres.hold'), JSON.stringify({ pid: 1, startTicks: -5 }));
  await untilReleased(state);
  const release = holdPostgres(state);
  expect(() => holdPostgres(state)).toThrow(`Another restore (pid ${process.pid})`);
  let isReleased = false;
  const released = untilReleased(state).then(() => (isReleased = true));
  expect(isReleased).toBe(false);
  release();
  await released;
  rmSync(state.path, { recursive: true });
});

it('finds the platform of a state folder that does not run at the port it is told', () => {
  const state = open();
  expect(platformOfState({ MAXAI_PORT: '9080' }, state).plan.postgres.port).toBe(5132);
  expect(platformOfState({}, state).plan.postgres.port).toBe(4132);
  rmSync(state.path, { recursive: true });
});

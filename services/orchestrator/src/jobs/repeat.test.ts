import { createLogger } from '@maxai/runtime/telemetry';
import { until } from '@maxai/runtime/testing';
import { expect, test } from 'vitest';
import { repeat } from './repeat.ts';

const logger = createLogger({ service: 'test', version: 'test', level: 'fatal' });

test('a failed run does not end the series, a nudge shortens the wait, and nothing runs after the stop', async () => {
  let runs = 0;
  const series = repeat({
    name: 'Counting',
    intervalMs: 60_000,
    logger,
    work: async () => {
      runs += 1;
      await Promise.resolve();
      if (runs === 1) throw new Error('the first run fails');
      return runs === 2;
    },
  });
  await until(() => runs === 1);
  series.nudge();
  await until(() => runs === 3);
  await series.stop();
  series.nudge();
  expect(runs).toBe(3);
});

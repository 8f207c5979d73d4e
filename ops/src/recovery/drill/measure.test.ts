import { describe, expect, it } from 'vitest';
import { judge, reportDetail, reportTable } from './drill-report.ts';
import { measure } from './measure.ts';
import type { Delivery } from './webhook-load.ts';

const delivery = (second: number, acknowledged = true): Delivery => ({
  callId: `call_${second}`,
  sentAtMs: second * 1000,
  answeredAtMs: second * 1000 + 10,
  acknowledged,
  answer: acknowledged ? '200' : '503',
});
const deliveries = [
  ...[1, 2, 3, 4, 5].map((second) => delivery(second)),
  ...[6, 7, 8].map((second) => delivery(second, false)),
  ...[9, 10].map((second) => delivery(second)),
];
const stored = (...lost: number[]) =>
  new Set(
    deliveries
      .filter((sent) => sent.acknowledged && !lost.includes(sent.sentAtMs / 1000))
      .map(({ callId }) => callId),
  );

describe('a drill is measured', () => {
  it('from the last acknowledgement before to the first one after [R122]', () => {
    expect(measure(deliveries, stored(), 3500)).toEqual({
      acknowledged: 7,
      lost: 0,
      rtoSeconds: 6,
      rpoSeconds: 0,
    });
  });

  it('by how far before the outage the last kept row lies when some are lost [R123]', () => {
    expect(measure(deliveries, stored(4, 5), 3500)).toMatchObject({ lost: 2, rpoSeconds: 2 });
    expect(measure(deliveries, stored(1, 2, 3, 4, 5), 3500)).toMatchObject({
      lost: 5,
      rpoSeconds: 4,
    });
  });

  it('only when there was service on both sides', () => {
    expect(() => measure(deliveries, stored(), 500)).toThrow(/before the disaster/);
    expect(() => measure(deliveries.slice(0, 8), stored(), 3500)).toThrow(/after the recovery/);
  });
});

describe('a drill has passed', () => {
  const measured = { acknowledged: 7, lost: 0, rtoSeconds: 6, rpoSeconds: 0 };
  const holds = { what: 'tenants', found: 1, expected: 1 };

  it('when everything holds and the limits are kept [R122,R123]', () => {
    expect(judge('data-loss', measured, [holds], [])).toMatchObject({
      passed: true,
      withinAims: true,
    });
    const slow = { ...measured, rtoSeconds: 4 * 3600 };
    expect(judge('data-loss', slow, [holds], [])).toMatchObject({
      passed: true,
      withinAims: false,
    });
    expect(judge('data-loss', { ...slow, rtoSeconds: 14_401 }, [holds], []).passed).toBe(false);
    expect(judge('data-loss', { ...measured, rpoSeconds: 3601 }, [holds], []).passed).toBe(false);
    expect(judge('data-loss', measured, [{ ...holds, found: 0 }], []).passed).toBe(false);
  });

  it('as a table and in detail', () => {
    const steps = [{ atSeconds: 1.25, what: 'The copy runs' }];
    const failed = judge('data-loss', { ...measured, rpoSeconds: 7200 }, [holds], steps);
    const table = reportTable([judge('account-deleted', measured, [holds], steps), failed]);
    expect(table).toMatch(/account-deleted +6\.0 +0\.0 +7 +0 +yes +yes/);
    expect(table).toMatch(/data-loss +6\.0 +7200\.0 +7 +0 +NO +no/);
    expect(reportDetail(failed)).toMatch(/1\.3 +The copy runs[^]*tenants +1 +1/);
  });
});

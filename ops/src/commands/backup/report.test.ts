import { describe, expect, it } from 'vitest';
import { restoredText } from '../restore/command.ts';
import { verificationText } from './report.ts';

describe('what the commands say', () => {
  const verification = {
    filesChecked: 3,
    segmentsChecked: 2,
    secrets: 'opened' as const,
    damage: [{ where: 'primary' as const, what: "file missing 'x'" }],
  };

  it('names what is damaged and what to do', () => {
    expect(verificationText({ ...verification, damage: [] })).toMatch(/3 files.*2 seg[^]*whole/);
    expect(verificationText(verification)).toMatch(
      /primary: file missing 'x'[^]*--type full --repository primary.*--repository separate/,
    );
  });

  it('mends each damage where it is, and says so once', () => {
    const backup = "invalid checksum '20260101-020000F/pg_data/base/5/1259.gz'";
    const log = "invalid checksum '15-1/0000000100000000/000000010000000000000003-0a.gz'";
    const said = verificationText({
      ...verification,
      damage: [
        { where: 'separate', what: backup },
        { where: 'separate', what: backup.replace('1259', '1260') },
        { where: 'primary', what: log },
        { where: 'secrets', what: 'it was altered' },
      ],
    });
    expect(said.match(/Fix: .*/g)).toEqual([
      expect.stringMatching(/--type full --repository separate\).*--repository primary until then/),
      expect.stringMatching(/damaged log \(npx maxai backup create --repository primary\)/),
      'Fix: seal a new copy of the secrets: npx maxai backup create',
    ]);
  });

  it('tells where the data that was replaced lies', () => {
    const restored = {
      backup: 'label',
      repository: 'primary' as const,
      durationMs: 1234,
      replacedData: null,
    };
    expect(restoredText(restored)).toBe(
      'Restored from label in 1.2 s. What was there before: nothing',
    );
    expect(restoredText({ ...restored, replacedData: '/data' })).toContain('/data');
  });
});

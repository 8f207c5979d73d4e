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
    expect(verificationText(verification)).toMatch(/primary: file missing 'x'[^]*--type full/);
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

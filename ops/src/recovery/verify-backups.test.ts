import { describe, expect, it } from 'vitest';
import { damageIn } from './verify-backups.ts';

describe('the damage that pgBackRest reports', () => {
  it('is each file once, by its name', () => {
    const report = `P01   INFO: invalid checksum '20260101-020000F/pg_data/base/5/1259.gz'
P01   INFO: file missing '20260101-020000F/pg_data/base/5/1260.gz'
P01   INFO: invalid checksum '20260101-020000F/pg_data/base/5/1259.gz'
stanza: maxai
status: error`;
    expect(damageIn('primary', report)).toEqual([
      { where: 'primary', what: "invalid checksum '20260101-020000F/pg_data/base/5/1259.gz'" },
      { where: 'primary', what: "file missing '20260101-020000F/pg_data/base/5/1260.gz'" },
    ]);
  });

  it('is the whole report when that names no file and yet is not in order', () => {
    const report = 'stanza: maxai\nstatus: error\n  no archives exist in the repo';
    expect(damageIn('separate', report)).toEqual([{ where: 'separate', what: report }]);
    expect(damageIn('separate', 'stanza: maxai\nstatus: ok')).toEqual([]);
  });
});

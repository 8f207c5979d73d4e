import { describe, expect, it } from 'vitest';
import { dollars, formatTable } from './format-table.ts';

describe('a table', () => {
  it('puts figures to the right and words to the left', () => {
    expect(
      formatTable(
        ['service', 'pods', 'note'],
        [
          ['iam', 2, 'fine'],
          ['api-gateway', 10, ''],
        ],
      ),
    ).toBe('service      pods  note\niam             2  fine\napi-gateway    10');
  });

  it('has its headings when it has no rows', () => {
    expect(formatTable(['a', 'b'], [])).toBe('a  b');
  });
});

describe('dollars', () => {
  it('show cents only where they matter', () => {
    expect([dollars(3.456), dollars(1234.5)]).toEqual(['$3.46', '$1235']);
  });
});

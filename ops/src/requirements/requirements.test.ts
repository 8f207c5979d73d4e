import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { requirementsDoc } from '../generate/requirements-doc.ts';
import { enforcedNumbers, readRequirements } from './requirements.ts';
import { allStrayTags, readTaggedTests, strayTags, taggedTests } from './tagged-tests.ts';

const root = join(import.meta.dirname, '../../..');
const stated = readRequirements(root);
const tests = taggedTests(root);
const proven = new Set(tests.flatMap(({ numbers }) => numbers));

// Put together here, so that this file's own examples are no tags.
const tag = (...names: string[]) => `[${names.join(',')}]`;

describe('the requirements', () => {
  it('are numbered from 1 to 150, each said once', () => {
    expect(stated.requirements.map(({ number }) => number)).toEqual(
      Array.from({ length: 150 }, (_, index) => index + 1),
    );
    const texts = stated.requirements.map(({ group, text }) => `${group}: ${text}`);
    expect(new Set(texts).size).toBe(150);
  });

  it('say how they are proven', () => {
    expect(stated.requirements.filter(({ proof }) => !/^[RSD](\/[RSD])?$/.test(proof))).toEqual([]);
  });

  it('that are enforced each have a living test', () => {
    const missing = enforcedNumbers(stated).filter((number) => !proven.has(number));
    expect(missing.map((number) => `${number} ${stated.requirements[number - 1]?.text}`)).toEqual(
      [],
    );
  });

  it('that are enforced live where they say', () => {
    const enforced = new Set(enforcedNumbers(stated));
    const nowhere = stated.requirements
      .filter(({ number }) => enforced.has(number))
      .flatMap(({ number, lives }) =>
        lives
          .split(', ')
          .filter((path) => globSync(path, { cwd: root }).length === 0)
          .map((path) => `${number}: ${path}`),
      );
    expect(nowhere).toEqual([]);
  });

  it('are numbered in ranges', () => {
    const enforced = ['1-3', '7'];
    expect(enforcedNumbers({ ...stated, enforced })).toEqual([1, 2, 3, 7]);
  });
});

describe('a tag', () => {
  it('names requirements that exist, and stands at the end of a title', () => {
    const unknown = tests.filter(({ numbers }) =>
      numbers.some((number) => number < 1 || number > 150),
    );
    expect(unknown).toEqual([]);
    expect(allStrayTags(root)).toEqual([]);
  });

  it.each([
    [`it('holds ${tag('R7')}', () => {});`, 'holds', [7]],
    [`describe(\n  "what's up ${tag('R1', 'R150')}",\n  () => {},\n);`, "what's up", [1, 150]],
    [`it.each([1])(\`holds $name ${tag('R7')}\`, async () => {});`, 'holds $name', [7]],
    [
      `it.each([\n['ServiceDown', 1, '${tag('R7')}'],\n['Other', 2, '']])('%s fires %s %s', run)`,
      '%s fires %s: ServiceDown',
      [7],
    ],
    [
      `it.each([[\n'is private ${tag('R7')}']])('PostgreSQL %s', run)`,
      'PostgreSQL: is private',
      [7],
    ],
    [`it('it\\'s so ${tag('R7')}', () => {});`, "it's so", [7]],
  ])('is read from %j', (source, title, numbers) => {
    expect(readTaggedTests('a.test.ts', source)).toEqual([
      expect.objectContaining({ file: 'a.test.ts', title, numbers }),
    ]);
  });

  it('is read with its line', () => {
    const [test] = readTaggedTests('a.test.ts', `\n\nit(\n  'holds ${tag('R7')}', run);`);
    expect(test?.line).toBe(4);
  });

  it.each([`it.skip('holds ${tag('R7')}', run)`, `it.todo('holds ${tag('R7')}', run)`])(
    'of a skipped test proves nothing: %j',
    (source) => {
      expect(readTaggedTests('a.test.ts', source)).toEqual([]);
    },
  );

  it.each([
    `it('holds ${tag('r7')}', run)`,
    `it('holds ${tag('R7', ' R8')}', run)`,
    `it('holds ${tag('R7')} always', run)`,
    `const title = 'holds ${tag('R7')}';`,
    `it.each([['a', '${tag('R7')}']])('has no place for it', run)`,
  ])('that would not be read is found: %j', (source) => {
    expect(readTaggedTests('a.test.ts', source)).toEqual([]);
    expect(strayTags('a.test.ts', source)).toHaveLength(1);
  });
});

describe('the document', () => {
  const repository = mkdtempSync(join(tmpdir(), 'requirements-'));
  afterAll(() => rmSync(repository, { recursive: true }));

  it('shows each requirement with its tests, some of many, and a dash for none', async () => {
    mkdirSync(join(repository, 'docs'));
    mkdirSync(join(repository, 'services/iam/node_modules'), { recursive: true });
    const requirement = { group: 'Redis', text: 'a | b < c', proof: 'R', lives: 'services/iam' };
    writeFileSync(
      join(repository, 'docs/requirements.json'),
      JSON.stringify({
        enforced: ['1-2'],
        requirements: [
          { ...requirement, number: 1 },
          { ...requirement, number: 2 },
          { ...requirement, number: 3 },
        ],
      }),
    );
    const titles = [1, 2, 3, 4, 5].map((index) => `it('test ${index} ${tag('R1')}', run);`);
    const both = `it('both ${tag('R2', 'R1')}', run);`;
    writeFileSync(join(repository, 'services/iam/a.test.ts'), [...titles, both].join('\n'));
    writeFileSync(join(repository, 'services/iam/node_modules/b.test.ts'), both);
    const [file] = await requirementsDoc(repository);
    expect(file?.path).toBe('docs/requirements.md');
    expect(file?.content).toContain('2 of 3 have a test; without one, 1-2 (2 of them) fail');
    const rows = file?.content?.split('\n').filter((line) => /^\| \d/.test(line));
    expect(rows).toEqual([
      `| 1 | Redis: a \\| b &lt; c | R | services/iam | ${[1, 2, 3, 4].map((index) => `[test ${index}](../services/iam/a.test.ts)`).join('<br>')}<br>and 2 more |`,
      '| 2 | Redis: a \\| b &lt; c | R | services/iam | [both](../services/iam/a.test.ts) |',
      '| 3 | Redis: a \\| b &lt; c | R | services/iam | – |',
    ]);
  });
});

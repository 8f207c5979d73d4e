import {
  enforcedNumbers,
  readRequirements,
  type Requirement,
} from '../requirements/requirements.ts';
import { taggedTests, type TaggedTest } from '../requirements/tagged-tests.ts';
import type { Generator } from './generated-file.ts';

const testsShownMax = 4;

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

function provenBy({ number }: Requirement, tests: readonly TaggedTest[]): string {
  const proving = tests.filter(({ numbers }) => numbers.includes(number));
  const shown = proving
    .slice(0, testsShownMax)
    .map(({ file, title }) => `[${cell(title)}](../${file})`);
  const more = proving.length - shown.length;
  return shown.concat(more > 0 ? [`and ${more} more`] : []).join('<br>') || '–';
}

/** `docs/requirements.md`: every requirement, where it lives and the tests whose titles carry its number. */
export const requirementsDoc: Generator = (root) => {
  const stated = readRequirements(root);
  const tests = taggedTests(root);
  const rows = stated.requirements.map((requirement) => {
    const { number, group, text, proof, lives } = requirement;
    return `| ${number} | ${group}: ${cell(text)} | ${proof} | ${cell(lives)} | ${provenBy(requirement, tests)} |`;
  });
  const proven = new Set(tests.flatMap(({ numbers }) => numbers));
  const content = [
    '# Requirements',
    '',
    '<!-- Generated from docs/requirements.json and the titles of the tests by npm run generate; do not edit. -->',
    '',
    `Every line of the [deployment document](deployment-architecture.md). A test proves what its title's tag names: \`it('… [R17]')\`.`,
    `${proven.size} of ${rows.length} have a test; without one, ${stated.enforced.join(' and ')} (${enforcedNumbers(stated).length} of them) fail \`npm test\`.`,
    '',
    'Proof: R runs here for real, S is rendered and its property asserted, D is rehearsed and measured.',
    '',
    '| | requirement | proof | lives in | proven by |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
  return [{ path: 'docs/requirements.md', content }];
};

import type { Finding } from '../checks/finding.ts';
import type { Claim } from './claim.ts';
import { readDocument, type Statement } from './read-document.ts';

export const documentFile = 'docs/deployment-architecture.md';

/** What a line says apart from its numbers. */
function words(text: string): string {
  return text.toLowerCase().replaceAll(/\d+(\.\d+)?/g, '#');
}

function finding(
  line: number | undefined,
  rest: Pick<Finding, 'declaration' | 'reason' | 'fix'>,
): Finding {
  const file = line === undefined ? documentFile : `${documentFile}:${line}`;
  return { check: 'conformance', file, ...rest };
}

function drift({ section, text, said }: Claim, statements: readonly Statement[]): Finding[] {
  const under = statements.filter((statement) => statement.section === section);
  if (under.some((statement) => statement.text.toLowerCase() === text.toLowerCase())) return [];
  const differing = under.find((statement) => words(statement.text) === words(text));
  return [
    differing === undefined
      ? finding(undefined, {
          declaration: `${section}: ${text}`,
          reason: `${said} says so and the document does not`,
          fix: 'Bring the document or the model back; both say the same in the same words',
        })
      : finding(differing.line, {
          declaration: `${section}: ${differing.text}`,
          reason: `The document says "${differing.text}", ${said} says "${text}"`,
          fix: 'Change whichever is wrong; a number is the same in both',
        }),
  ];
}

/**
 * `prose` holds the statements that no fact of the model answers to, each exactly as it stands.
 * Where the document and the platform part: a claim the document contradicts or does not make, and a statement that
 * nothing claims. A number therefore changes on both sides or on neither.
 */
export function compareDocument(
  markdown: string,
  claims: readonly Claim[],
  prose: ReadonlySet<string>,
): Finding[] {
  const statements = readDocument(markdown);
  const claimed = new Set(claims.map(({ section, text }) => `${section}\n${words(text)}`));
  const unclaimed = statements.filter(
    ({ section, text, states }) =>
      states && !claimed.has(`${section}\n${words(text)}`) && !prose.has(text),
  );
  return [
    ...claims.flatMap((claim) => drift(claim, statements)),
    ...unclaimed.map(({ line, section, text }) =>
      finding(line, {
        declaration: `${section}: ${text}`,
        reason: 'Nothing in the model or in what is rendered from it says so',
        fix: 'Claim it from the model in topology/src/conformance/, or list it in prose.ts with what proves it',
      }),
    ),
  ];
}

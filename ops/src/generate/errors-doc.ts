import { errorCatalogue } from '@maxai/kernel/errors';
import type { Generator } from './generated-file.ts';

/** Every error code the platform can answer with, from the kernel's catalogue. */
export const errorsDoc: Generator = () => {
  const rows = Object.entries(errorCatalogue).map(
    ([code, [status, title]]) => `| \`${code}\` | ${status} | ${title} |`,
  );
  const content = [
    '# Errors',
    '',
    '<!-- Generated from packages/kernel/src/errors.ts by npm run generate; do not edit. -->',
    '',
    'Errors are RFC 9457 problems (`application/problem+json`): `type` is `urn:maxai:error:<code>`, `code` is the closed name',
    'below, `detail` says what to do, `errors` lists the offending fields, `correlation_id` is what to quote to support.',
    '',
    '| code | status | meaning |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
  return [{ path: 'docs/errors/README.md', content }];
};

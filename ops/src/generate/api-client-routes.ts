import { publicOperations } from '@maxai/contracts/operations';

export const path = 'packages/api-client/src/generated/routes.ts';

/** The typed client's route table: the only part of the contracts a browser has to load. */
export function render(): string {
  const lines = publicOperations
    .map(({ id, method, path: route }) => `  ${id}: ['${method}', '${route}'],`)
    .toSorted();
  return [
    '// Generated from contracts by ops/src/generate/api-client-routes.ts; do not edit.',
    'export const routes = {',
    ...lines,
    '} as const;',
    '',
  ].join('\n');
}

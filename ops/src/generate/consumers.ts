import { findConsumers } from '../commands/contracts/find-consumers.ts';
import type { GeneratedFile } from './generated-file.ts';
import { asJson } from './openapi-documents.ts';

/** Who uses which operation of whom. */
export function consumersDocument(root: string): GeneratedFile[] {
  const { consumers } = findConsumers(root);
  return [{ path: 'contracts/generated/consumers.json', content: asJson(consumers) }];
}

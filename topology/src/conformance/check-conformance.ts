import type { Finding } from '../checks/finding.ts';
import type { Facts } from './claim.ts';
import { compareDocument } from './compare-document.ts';
import { environmentClaims } from './environment-claims.ts';
import { operationClaims } from './operation-claims.ts';
import { prose } from './prose.ts';
import { renderedClaims } from './rendered-claims.ts';

/** Where the deployment document and the platform part; an empty list means they say the same. */
export function checkConformance(markdown: string, facts: Facts): Finding[] {
  return compareDocument(
    markdown,
    [...environmentClaims(facts), ...operationClaims(facts), ...renderedClaims(facts)],
    prose,
  );
}

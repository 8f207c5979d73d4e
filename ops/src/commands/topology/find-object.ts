import { objectPath } from '@maxai/topology/checks/rendered/rendered-fields';
import type { RenderedObject } from '@maxai/topology/render/kubernetes/rendered-object';
import { CommandError } from '../../supervisor/command-error.ts';

/** What people call kinds on the command line. */
const shortKinds: Readonly<Record<string, string>> = {
  cj: 'cronjob',
  cm: 'configmap',
  deploy: 'deployment',
  es: 'externalsecret',
  gw: 'gateway',
  hpa: 'horizontalpodautoscaler',
  limits: 'limitrange',
  netpol: 'networkpolicy',
  ns: 'namespace',
  pdb: 'poddisruptionbudget',
  quota: 'resourcequota',
  ro: 'rollout',
  route: 'httproute',
  sa: 'serviceaccount',
  so: 'scaledobject',
  svc: 'service',
};

const listedMax = 12;

/** 3 for a whole part of the path, 1 for a piece of one, 0 for neither. */
function score(word: string, parts: readonly string[]): number {
  const wanted = shortKinds[word] ?? word;
  if (parts.includes(wanted) || parts.includes(word)) return 3;
  return parts.some((part) => part.includes(wanted)) ? 1 : 0;
}

function pairsOf(text: string): Set<string> {
  return new Set(Array.from({ length: text.length - 1 }, (_, at) => text.slice(at, at + 2)));
}

/** How many neighbouring letters of the words are in the path: a slip of the finger leaves most of them. */
function likeness(words: readonly string[], path: string): number {
  const pairs = pairsOf(path.toLowerCase());
  return words.flatMap((word) => [...pairsOf(word)]).filter((pair) => pairs.has(pair)).length;
}

type Candidate<T> = {
  readonly found: T;
  readonly path: string;
  readonly scores: readonly number[];
};

function total({ scores }: Candidate<unknown>): number {
  return scores.reduce((sum, each) => sum + each, 0);
}

function listed(candidates: readonly Candidate<unknown>[]): string {
  return [...new Set(candidates.map(({ path }) => path))]
    .slice(0, listedMax)
    .map((path) => `\n    ${path}`)
    .join('');
}

function candidatesOf<T extends { readonly rendered: RenderedObject }>(
  wanted: readonly string[],
  objects: readonly T[],
): Candidate<T>[] {
  return objects
    .map((found) => {
      const path = objectPath(found.rendered.object);
      const parts = path.toLowerCase().split('/');
      return { found, path, scores: wanted.map((word) => score(word, parts)) };
    })
    .toSorted((left, right) => total(right) - total(left));
}

function matches({ scores }: Candidate<unknown>): boolean {
  return scores.length > 0 && scores.every((each) => each > 0);
}

/**
 * The object that all words name: `prod-services/HorizontalPodAutoscaler/iam`, `hpa iam`. Groups are tried in their order,
 * and of equal paths, which are one object on several clouds, the first is taken. Throws a `CommandError` that lists what
 * was nearly meant when none or several are.
 */
export function findObject<T extends { readonly rendered: RenderedObject }>(
  words: readonly string[],
  groups: readonly (readonly T[])[],
): T {
  const wanted = words.flatMap((word) => word.toLowerCase().split('/')).filter(Boolean);
  const ranked = groups.map((objects) => candidatesOf(wanted, objects));
  const matching = ranked.map((group) => group.filter(matches)).find(([first]) => first) ?? [];
  const [first] = matching;
  if (first === undefined) {
    const nearest = ranked
      .flat()
      .toSorted(
        (left, right) =>
          total(right) - total(left) || likeness(wanted, right.path) - likeness(wanted, left.path),
      );
    throw new CommandError(
      `No object is called ${words.join(' ')}.`,
      `name one like these: ${listed(nearest)}`,
    );
  }
  const best = matching.filter((candidate) => total(candidate) === total(first));
  if (best.some(({ path }) => path !== first.path)) {
    throw new CommandError(
      `${words.join(' ')} may be several objects.`,
      `add a word that tells them apart: ${listed(best)}`,
    );
  }
  return first.found;
}

type Labels = Readonly<Record<string, string>>;

/** What something has: its namespace, null outside the cluster, and labels. */
export type Labelled = { readonly namespace: string | null; readonly labels: Labels };

/** What something asks of a pod: its namespace, any where that is undefined, and labels. */
export type Requirement = { readonly namespace?: string; readonly labels: Labels };

function label(namespace: string | null, [key, value]: readonly [string, string]): string {
  return `${namespace}\n${key}\n${value}`;
}

/** Who may meet a requirement: everybody who does, and few others. */
export function indexEndpoints<E extends Labelled>(ends: readonly E[]) {
  const byLabel = Map.groupBy(
    ends.flatMap((end) => Object.entries(end.labels).map((entry) => ({ end, entry }))),
    ({ end, entry }) => label(end.namespace, entry),
  );
  const byNamespace = Map.groupBy(ends, ({ namespace }) => namespace);
  return ({ namespace, labels }: Requirement): readonly E[] => {
    if (namespace === undefined) return ends;
    const [first] = Object.entries(labels);
    return first === undefined
      ? (byNamespace.get(namespace) ?? [])
      : (byLabel.get(label(namespace, first)) ?? []).map(({ end }) => end);
  };
}

/** What may ask for an endpoint: everything that does, in the order given, and little else. */
export function indexRequirements<T>(
  items: readonly T[],
  requirementOf: (item: T) => Requirement | null,
) {
  const numbered = items.map((item, order) => ({ item, order, needs: requirementOf(item) }));
  const keyOf = ({ needs }: (typeof numbered)[number]): string => {
    if (needs?.namespace === undefined) return '';
    const [first] = Object.entries(needs.labels);
    return first === undefined ? needs.namespace : label(needs.namespace, first);
  };
  const groups = Map.groupBy(numbered, keyOf);
  return ({ namespace, labels }: Labelled): T[] => {
    const keys = [
      '',
      String(namespace),
      ...Object.entries(labels).map((one) => label(namespace, one)),
    ];
    return keys
      .flatMap((key) => groups.get(key) ?? [])
      .toSorted((one, other) => one.order - other.order)
      .map(({ item }) => item);
  };
}

/** The answer to a question that many ask alike, worked out once. */
export function remembered<Q, A>(keyOf: (question: Q) => string, answer: (question: Q) => A) {
  const answers = new Map<string, A>();
  return (question: Q): A => {
    const key = keyOf(question);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const found = answer(question);
    answers.set(key, found);
    return found;
  };
}

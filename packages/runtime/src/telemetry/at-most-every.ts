/**
 * Asks at most once in `intervalMs` however often it is called, and gives the last answer in between; whoever calls
 * while a question is under way shares it. Rejects when the answer takes longer than `patienceMs`; a failure is
 * remembered like an answer.
 */
export function atMostEvery<T>(
  ask: () => Promise<T>,
  { intervalMs, patienceMs = 2000 }: { readonly intervalMs: number; readonly patienceMs?: number },
  nowMs: () => number = () => performance.now(),
): () => Promise<T> {
  let last: { readonly askedAt: number; readonly answer: Promise<T> } | undefined;
  return () => {
    const now = nowMs();
    if (last === undefined || now - last.askedAt >= intervalMs) {
      last = { askedAt: now, answer: withinMs(ask(), patienceMs) };
    }
    return last.answer;
  };
}

async function withinMs<T>(answer: Promise<T>, limitMs: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer in ${limitMs} ms`)), limitMs);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Runs `work` with a signal that aborts it, as a `TimeoutError`, after `timeoutMs`. Unlike `AbortSignal.timeout` it
 * leaves no timer, and no exception to be made by it, behind each work that ended in time.
 */
export async function withinDeadline<T>(
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new DOMException(`no answer within ${timeoutMs} ms`, 'TimeoutError'));
  }, timeoutMs);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}

import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';

export type AnswerHead = { readonly status: number; readonly headers: IncomingHttpHeaders };

export type Answer<Body> = AnswerHead & { readonly body: Body };

/** A request that is under way. */
export type Exchange<Body> = {
  /** Rejects with the reason of `abort`, or with undici's own error: `HeadersTimeoutError`, `SocketError` and so on. */
  readonly answer: Promise<Answer<Body>>;
  /** Ends it wherever it is, in line for a connection included. */
  readonly abort: (reason: Error) => void;
};

type Receiver = {
  onData(chunk: Buffer): void;
  onEnd(): void;
  onError(error: Error): void;
};

/** Makes a receiver of what follows an answer's headers. */
export type ReceiverFactory<Body> = (
  head: AnswerHead,
  controller: Dispatcher.DispatchController,
  resolve: (answer: Answer<Body>) => void,
) => Receiver;

/** The answer once all of its body is there. */
export const receiveWhole: ReceiverFactory<Buffer> = (head, _controller, resolve) => {
  const chunks: Buffer[] = [];
  return {
    onData: (chunk) => chunks.push(chunk),
    onEnd: () => resolve({ ...head, body: Buffer.concat(chunks) }),
    onError: () => undefined,
  };
};

/** The answer at once, its body while it comes: the connection waits whenever the reader does. */
export const receiveStream: ReceiverFactory<Readable> = (head, controller, resolve) => {
  let ended = false;
  const body = new Readable({
    read: () => controller.resume(),
    destroy(error, done) {
      if (!ended) controller.abort(error ?? new Error('nobody reads the answer any more'));
      done(error);
    },
  });
  // One that nobody has begun to read may break as well.
  body.on('error', () => undefined);
  resolve({ ...head, body });
  return {
    onData: (chunk) => {
      if (!body.push(chunk)) controller.pause();
    },
    onEnd: () => {
      ended = true;
      body.push(null);
    },
    onError: (error) => body.destroy(error),
  };
};

/** Sends a request, without the stream that undici's own `request` makes of every body (decision 31). */
export function beginExchange<Body>(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  receive: ReceiverFactory<Body>,
): Exchange<Body> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer<Body>>();
  let controller: Dispatcher.DispatchController | undefined;
  let reason: Error | undefined;
  let receiver: Receiver | undefined;
  dispatcher.dispatch(request, {
    onRequestStart(started) {
      controller = started;
      if (reason !== undefined) started.abort(reason);
    },
    onResponseStart(started, status, headers) {
      // Before the answer itself there may be others, such as 103 Early Hints.
      if (status >= 200) receiver = receive({ status, headers }, started, resolve);
    },
    onResponseData: (_controller, chunk) => receiver?.onData(chunk),
    onResponseEnd: () => receiver?.onEnd(),
    onResponseError(_controller, error) {
      reject(error);
      receiver?.onError(error);
    },
  });
  return {
    answer: promise,
    abort(why) {
      reason = why;
      controller?.abort(why);
      reject(why);
    },
  };
}

/** Of connections that never came about. */
const neverSentCodes: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Whether a request that failed like this never left; any other may have been received and done. */
export function wasNeverSent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && neverSentCodes.has(error.code);
}

/** Sends a request and resolves with its whole answer; a `TimeoutError` when that takes longer than `timeoutMs` in all. */
export async function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<Answer<Buffer>> {
  const { answer, abort } = beginExchange(dispatcher, request, receiveWhole);
  const timer = setTimeout(() => {
    abort(new DOMException(`no answer within ${timeoutMs} ms`, 'TimeoutError'));
  }, timeoutMs);
  try {
    return await answer;
  } finally {
    clearTimeout(timer);
  }
}

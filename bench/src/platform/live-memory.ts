import { requireFreePort } from '@maxai/ops/local/ports';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';

/** Where Node's inspector listens when a process is asked for it by signal. */
const inspectorPort = 9229;
const answerLimitMs = 10_000;
const freeLimitMs = 2000;
/** One that begins to listen, or ends, may take a connection and never answer. */
const attemptLimitMs = 1000;

type Answer = { readonly id: number; readonly result: { readonly result?: { value?: unknown } } };

/** The process that was asked before may still be closing its inspector. */
async function portIsFree(): Promise<void> {
  const deadline = performance.now() + freeLimitMs;
  for (;;) {
    try {
      await requireFreePort(inspectorPort, "Node's inspector, by which live memory is measured");
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await wait(20);
  }
}

async function inspectorOf(pid: number): Promise<string> {
  const deadline = performance.now() + answerLimitMs;
  let signalAt = 0;
  for (;;) {
    // Again from time to time: a process that is still closing its inspector does not open it.
    if (performance.now() > signalAt) {
      process.kill(pid, 'SIGUSR1');
      signalAt = performance.now() + attemptLimitMs;
    }
    try {
      const signal = AbortSignal.timeout(attemptLimitMs);
      const response = await fetch(`http://127.0.0.1:${inspectorPort}/json/list`, { signal });
      // The inspector lists its one target in this shape.
      const [target] = (await response.json()) as { webSocketDebuggerUrl: string }[];
      if (target !== undefined) return target.webSocketDebuggerUrl;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await wait(10);
  }
}

const inTime = () => ({ signal: AbortSignal.timeout(answerLimitMs) });

/** One question after the other to the inspector of a process; throws when an answer takes ten seconds. */
async function openInspector(pid: number) {
  const socket = new WebSocket(await inspectorOf(pid));
  await once(socket, 'open', inTime());
  let asked = 0;
  async function ask(method: string, params: object = {}): Promise<unknown> {
    asked += 1;
    const answered = once(socket, 'message', inTime());
    socket.send(JSON.stringify({ id: asked, method, params }));
    // Nothing but answers comes from an inspector whose domains are not enabled.
    const [{ data }] = (await answered) as [{ data: string }];
    return (JSON.parse(data) as Answer).result.result?.value;
  }
  return {
    ask,
    async close() {
      const closed = once(socket, 'close', inTime());
      const expression = "process.getBuiltinModule('node:inspector').close()";
      socket.send(JSON.stringify({ id: -1, method: 'Runtime.evaluate', params: { expression } }));
      await closed;
    },
  };
}

/**
 * Runs in the process that is measured. Ordinary full collections, not the inspector's own, which also throws away
 * compiled code: the process would be slow for minutes. Two, as what the first one finalizes only the second one frees.
 */
async function collectAndMeasure(): Promise<{ pid: number; bytes: number }> {
  process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
  const collect = process.getBuiltinModule('node:vm').runInNewContext('gc') as () => void;
  collect();
  await new Promise((resolve) => setTimeout(resolve, 100));
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return { pid: process.pid, bytes: heapUsed + external };
}

/**
 * What a Node process of this machine still needs, in MB of 10^6 bytes: its heap, and what that holds outside of it,
 * right after a full collection. Resident memory rises and falls with collections by far more than a leak in minutes.
 * For as long as it takes, the process listens for a debugger on loopback; throws when that port is not free.
 */
export async function liveMemoryMb(pid: number): Promise<number> {
  await portIsFree();
  const inspector = await openInspector(pid);
  try {
    const expression = `(${String(collectAndMeasure)})()`;
    const used = await inspector.ask('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    // As the function says.
    const { pid: answering, bytes } = used as Awaited<ReturnType<typeof collectAndMeasure>>;
    if (answering !== pid) throw new Error(`process ${answering} answers for ${pid}`);
    return bytes / 1_000_000;
  } finally {
    await inspector.close();
  }
}

import type { JsonObject } from '../json-body.ts';

type Workflow = (input: JsonObject) => JsonObject | undefined;

/** What each published workflow posts; `undefined` when it never does. */
const workflows: Readonly<Record<string, Workflow>> = {
  echo: (input) => ({ status: 'succeeded', output: input }),
  refuse: () => ({ status: 'failed', error: 'the workflow refuses' }),
  garble: () => ({ status: 'succeeded', output: 'not an object' }),
  silent: () => undefined,
};

/** `echo`, or `echo-` and anything: a sentinel, or a tag that tells runs apart. */
export function workflowNamed(path: string): Workflow | undefined {
  return workflows[path.replace(/-.*$/, '')];
}

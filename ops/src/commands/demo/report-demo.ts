import { formatHop, MissingHop, type Hop } from './hop.ts';

type Output = { readonly json: boolean; readonly print: (line: string) => void };

/** Runs the demo and prints its hops as they come, or all of them as JSON. Returns the exit code. */
export async function reportDemo(
  { json, print }: Output,
  run: (tell: (hop: Hop) => void) => Promise<void>,
): Promise<number> {
  const hops: Hop[] = [];
  const tell = (hop: Hop) => {
    hops.push(hop);
    if (!json) print(formatHop(hop));
  };
  try {
    await run(tell);
  } catch (error) {
    if (!(error instanceof MissingHop)) throw error;
    const { story, hop, message } = error;
    if (json) print(JSON.stringify({ ok: false, missing: { story, hop, message }, hops }));
    else print(`\nFAILED  ${message}`);
    return 1;
  }
  if (json) print(JSON.stringify({ ok: true, hops }));
  else print(`\nEvery hop is there: ${hops.length} in all.`);
  return 0;
}

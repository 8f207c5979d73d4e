import { readSplits, writeSplits, type TrafficSplits } from '../edge/traffic-split.ts';
import { claimFile, type Claim } from '../supervisor/claim-file.ts';
import { waitUntil } from '../supervisor/probe.ts';

/** Longer than any change takes. */
const patienceMs = 5000;

/**
 * Writes what `change` makes of the splits in force, while no other process changes them: the releases of two services
 * share the file, and each keeps what the other wrote. False when it returns undefined: then nothing is written.
 */
export async function changeSplits(
  file: string,
  change: (splits: TrafficSplits) => TrafficSplits | undefined,
): Promise<boolean> {
  const take = () => claimFile(`${file}.claim`);
  let claim: Claim = take();
  await waitUntil(() => 'release' in claim || 'release' in (claim = take()), patienceMs);
  if ('holder' in claim) {
    throw new Error(
      `process ${claim.holder.pid} has held ${file}.claim for ${patienceMs / 1000} s`,
    );
  }
  try {
    const next = change(readSplits(file));
    if (next === undefined) return false;
    writeSplits(file, next);
    return true;
  } finally {
    claim.release();
  }
}

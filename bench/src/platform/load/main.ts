import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { runLoad, type LoadOrder } from '../run-load.ts';

try {
  // Those who ask are on machines of their own: they must not wait for the cores of what they ask.
  const ahead = constants.priority.PRIORITY_HIGH;
  setPriority(ahead);
  writeFileSync('/proc/self/autogroup', String(ahead));
} catch {
  // Only root may, of a kernel that can; everybody else sees in `load late` what it costs.
}
// Only the measurement starts this process, with an order it has just written.
process.on('disconnect', () => process.exit(0));
process.send?.(await runLoad(JSON.parse(process.argv[2] ?? '{}') as LoadOrder));

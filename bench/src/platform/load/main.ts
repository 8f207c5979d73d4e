import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { runLoad, type LoadOrder } from '../run-load.ts';

/** Those who ask are on machines of their own: a wait for a core of what they ask is none of their time. */
function goAhead(): void {
  try {
    const ahead = constants.priority.PRIORITY_HIGH;
    setPriority(ahead);
    writeFileSync('/proc/self/autogroup', String(ahead));
  } catch {
    // Only root may, of a kernel that can; everybody else sees in `load late` what it costs.
  }
}

// Only the measurement starts this process, with an order it has just written.
process.on('disconnect', () => process.exit(0));
const order = JSON.parse(process.argv[2] ?? '{}') as LoadOrder;
// The few policy checks only: the other loads would take the platform's cores when it needs them most.
if (order.work.kind === 'policy') goAhead();
process.send?.(await runLoad(order));

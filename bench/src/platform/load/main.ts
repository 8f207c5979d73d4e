import { runLoad, type LoadOrder } from '../run-load.ts';

// Only the measurement starts this process, with an order it has just written.
process.on('disconnect', () => process.exit(0));
process.send?.(await runLoad(JSON.parse(process.argv[2] ?? '{}') as LoadOrder));

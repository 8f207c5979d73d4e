import { runLoad, type LoadOrder } from '../run-load.ts';

// Only the measurement starts this process, with an order it has just written.
console.log(JSON.stringify(await runLoad(JSON.parse(process.argv[2] ?? '{}') as LoadOrder)));

import { runProcess } from '@maxai/runtime/lifecycle';
import { createPaymentsWorker, readWorkerConfig } from './src/index.ts';

await runProcess({
  name: 'payments-worker',
  start: () => createPaymentsWorker(readWorkerConfig(process.env)),
});

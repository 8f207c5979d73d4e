import { runProcess } from '@maxai/runtime/lifecycle';
import { createBillingUsageWorker, readWorkerConfig } from './src/index.ts';

await runProcess({
  name: 'billing-usage-worker',
  start: () => createBillingUsageWorker(readWorkerConfig(process.env)),
});

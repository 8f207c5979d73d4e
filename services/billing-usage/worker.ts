import { runProcess } from '@maxai/runtime/lifecycle';
import { createBillingUsageWorker, readConfig } from './src/index.ts';

await runProcess({
  name: 'billing-usage-worker',
  start: () => createBillingUsageWorker(readConfig(process.env)),
});

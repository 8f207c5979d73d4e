import { runProcess } from '@maxai/runtime/lifecycle';
import { createBillingUsage, readConfig } from './src/index.ts';

await runProcess({
  name: 'billing-usage',
  start: () => createBillingUsage(readConfig(process.env)),
});

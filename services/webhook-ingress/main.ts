import { runProcess } from '@maxai/runtime/lifecycle';
import { createWebhookIngress, readConfig } from './src/index.ts';

await runProcess({
  name: 'webhook-ingress',
  start: () => createWebhookIngress(readConfig(process.env)),
});

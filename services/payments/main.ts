import { runProcess } from '@maxai/runtime/lifecycle';
import { createPayments, readConfig } from './src/index.ts';

await runProcess({ name: 'payments', start: () => createPayments(readConfig(process.env)) });

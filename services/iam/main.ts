import { runProcess } from '@maxai/runtime/lifecycle';
import { createIam, readConfig } from './src/index.ts';

await runProcess({ name: 'iam', start: () => createIam(readConfig(process.env)) });

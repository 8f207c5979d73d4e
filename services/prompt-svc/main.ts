import { runProcess } from '@maxai/runtime/lifecycle';
import { createPromptSvc, readConfig } from './src/index.ts';

await runProcess({ name: 'prompt-svc', start: () => createPromptSvc(readConfig(process.env)) });

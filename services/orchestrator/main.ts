import { runProcess } from '@maxai/runtime/lifecycle';
import { createOrchestrator, readConfig } from './src/index.ts';

await runProcess({
  name: 'orchestrator',
  start: () => createOrchestrator(readConfig(process.env)),
});

import { runProcess } from '@maxai/runtime/lifecycle';
import { createOrchestratorWorker, readWorkerConfig } from './src/index.ts';

await runProcess({
  name: 'orchestrator-worker',
  start: () => createOrchestratorWorker(readWorkerConfig(process.env)),
});

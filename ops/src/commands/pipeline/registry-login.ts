import type { PipelineTarget } from './cloud-target.ts';
import { runTool, type ToolRun } from './run-tool.ts';

/** Signs the container engine in to an environment's registry, for as long as the cloud's token is good. */
export function login(run: ToolRun, { cloud }: PipelineTarget): void {
  const [host = ''] = cloud.registry.split('/');
  if (cloud.kind === 'gke') {
    runTool('gcloud', ['auth', 'configure-docker', host, '--quiet'], run);
    return;
  }
  const password = runTool('aws', ['ecr', 'get-login-password', '--region', cloud.region], run);
  const asAws = ['login', '--username', 'AWS', '--password-stdin', host];
  runTool('docker', asAws, { ...run, input: password });
}

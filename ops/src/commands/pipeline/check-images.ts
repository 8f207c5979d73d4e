import { imageReferences, readLock } from './release-lock.ts';
import type { PipelineTarget } from './cloud-target.ts';
import { runTool, type ToolRun } from './run-tool.ts';

type Report = (line: string) => void;

function references(run: ToolRun, { environment, cloud }: PipelineTarget): string[] {
  return imageReferences(readLock(run.cwd, environment.name), cloud.registry);
}

/** Fails on a known vulnerability that is high or critical and has a fix, and on a secret in a layer. */
export function scanImages(run: ToolRun, target: PipelineTarget, report: Report): void {
  const policy = ['--severity', 'HIGH,CRITICAL', '--ignore-unfixed', '--exit-code', '1'];
  for (const image of references(run, target)) {
    runTool('trivy', ['image', '--scanners', 'vuln,secret', ...policy, image], run);
    report(`No known vulnerability in ${image}`);
  }
}

/** Signs each image by digest with the token of the run, and attests its bill of materials. */
export function signImages(run: ToolRun, target: PipelineTarget, report: Report): void {
  for (const image of references(run, target)) {
    runTool('cosign', ['sign', '--yes', image], run);
    const bill = runTool('trivy', ['image', '--quiet', '--format', 'cyclonedx', image], run);
    const attest = ['attest', '--yes', '--type', 'cyclonedx', '--predicate', '-', image];
    runTool('cosign', attest, { ...run, input: bill });
    report(`Signed ${image}`);
  }
}

import { renderWorkflow, workflows } from '../commands/pipeline/workflow/workflows.ts';
import type { GeneratedFile } from './generated-file.ts';

/** The pipeline, as GitHub Actions reads it. */
export function workflowFiles(): GeneratedFile[] {
  return Object.entries(workflows).map(([path, workflow]) => ({
    path,
    content: renderWorkflow(workflow),
  }));
}

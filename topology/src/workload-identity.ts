import type { CloudTarget } from './model/index.ts';

/**
 * The name of a workload's identity in the cloud: a GCP service account (6 to 30 characters) or an AWS role.
 * Every workload that reads a secret has one of its own.
 */
export function cloudIdentityName(workload: string): string {
  return `k8s-${workload}`;
}

/** How a Kubernetes service account names its identity in the cloud, as an annotation. */
export function cloudIdentityAnnotation(
  { kind, account }: CloudTarget,
  workload: string,
): Record<string, string> {
  const name = cloudIdentityName(workload);
  return kind === 'gke'
    ? { 'iam.gke.io/gcp-service-account': `${name}@${account}.iam.gserviceaccount.com` }
    : { 'eks.amazonaws.com/role-arn': `arn:aws:iam::${account}:role/${name}` };
}

import type { TrustedHops } from '../model/index.ts';

/** One way in for each kind of place; its length is what api-gateway is told. */
export const trustedHops: TrustedHops = {
  gke: [
    'public balancer',
    'public balancer, as the Gateway sees it',
    'Gateway',
    'Gateway, as a pod sees it',
  ],
  eks: ['CloudFront, as the Gateway sees it', 'Gateway, as a pod sees it'],
  kind: [],
  local: ['edge, as a process sees it'],
};

import { podsNamed, type Addresses, type Pods } from './network-edge.ts';

/** What every cluster runs in namespaces that are not ours, as its own charts label it. */
export const clusterDns: Pods = {
  kind: 'pods',
  name: 'kube-dns',
  namespace: 'kube-system',
  labels: { 'k8s-app': 'kube-dns' },
};
export const prometheus: Pods = podsNamed('monitoring', 'prometheus');
/** Receives OTLP over HTTP. */
export const collector = { pods: podsNamed('monitoring', 'otel-collector'), port: 4318 } as const;
/** Where every process of a cluster sends its traces. */
export const collectorUrl = `http://${collector.pods.name}.${collector.pods.namespace}.svc.cluster.local:${collector.port}`;
export const queueScaler: Pods = podsNamed('keda', 'keda-operator');
/** The mesh's control plane; its proxies fetch certificates there. */
export const meshControl = {
  pods: { kind: 'pods', name: 'istiod', namespace: 'istio-system', labels: { app: 'istiod' } },
  port: 15_012,
} as const satisfies { pods: Pods; port: number };

/** Everything that is routed on the internet: no private, link-local or shared range. */
export const internet: Addresses = {
  kind: 'addresses',
  name: 'the internet',
  cidrs: ['0.0.0.0/0'],
  except: ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'],
};

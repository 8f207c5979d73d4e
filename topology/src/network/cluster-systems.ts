import { podsNamed, type Addresses, type Pods } from './network-edge.ts';

/** What every cluster runs in namespaces that are not ours, as its own charts label it. */
export const clusterDns: Pods = {
  kind: 'pods',
  name: 'kube-dns',
  namespace: 'kube-system',
  labels: { 'k8s-app': 'kube-dns' },
};
/** Shared with Prometheus, Alertmanager, Grafana and the trace store, which come from charts of their own. */
export const monitoringNamespace = 'monitoring';
export const prometheus: Pods = podsNamed(monitoringNamespace, 'prometheus');
/** Receives OTLP over HTTP; tells the metrics of all spans at the second port. */
export const collector = {
  pods: podsNamed(monitoringNamespace, 'otel-collector'),
  port: 4318,
  metricsPort: 8889,
} as const;
/** Decides which traces are kept; receives OTLP over gRPC. */
export const sampler = {
  pods: podsNamed(monitoringNamespace, 'otel-sampler'),
  port: 4317,
} as const;
/** Keeps them; receives OTLP over gRPC. */
export const traceStore = { pods: podsNamed(monitoringNamespace, 'tempo'), port: 4317 } as const;
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

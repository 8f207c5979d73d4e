import type { ProviderName, ServiceName } from './names.ts';
import type { EnvironmentValues } from './setting.ts';

export type EnvironmentName = 'production' | 'staging' | 'development';

export type Environment = {
  readonly name: EnvironmentName;
  /** First part of its namespaces: `prod-services`. */
  readonly shortName: 'prod' | 'staging' | 'dev';
  readonly publicUrl: string;
  readonly logLevel: 'debug' | 'info';
  readonly values: EnvironmentValues;
  /** Where the OIDC issuer's discovery document sends a client besides the issuer itself. */
  readonly oidcEndpoints: readonly string[];
  /** Base URL of each provider's API. */
  readonly providers: Readonly<Record<ProviderName, string>>;
  /** Services the provisioning command may call; empty where people are provisioned by people. */
  readonly operatorCalls: readonly ServiceName[];
  readonly loadBalancer: LoadBalancer;
  readonly dns: readonly DnsName[];
  readonly cluster: Cluster;
  /** Where its cluster may run; each is rendered and can be deployed on its own. */
  readonly targets: readonly ClusterTarget[];
  /** mTLS between services by a service mesh. */
  readonly serviceMesh: 'none' | 'istio';
  /** When people work; outside it an environment that may rest does. */
  readonly businessHours: BusinessHours;
  readonly frontends: Frontends;
  readonly postgres: Postgres;
  readonly redis: { readonly cache: RedisInstance; readonly queue: RedisInstance };
  readonly n8n: N8n;
  readonly secretStore: 'GCP Secret Manager / AWS Secrets Manager' | 'state folder, mode 0600';
  /** What watches it on one machine, when it is asked for; a cluster has its namespace `monitoring`. */
  readonly observability: LocalObservability | null;
  readonly recovery: Recovery | null;
  readonly idle:
    | 'always on'
    | 'minimum replicas outside business hours'
    | 'off outside business hours';
};

/**
 * Where visitors of the web apps are sent: to one place. Where both are made, the cluster's copy runs, but has no route
 * and no open port until it is `primary`.
 */
export type Frontends =
  | { readonly serverless: 'Vercel or Cloud Run'; readonly primary: 'serverless' | 'cluster' }
  | { readonly serverless: 'none'; readonly primary: 'cluster' };

/** Ports on loopback. */
export type LocalObservability = {
  readonly prometheusPort: number;
  readonly alertmanagerPort: number;
  readonly nodeExporterPort: number;
  /** OTLP over HTTP. */
  readonly tracesPort: number;
};

export type DnsName = { readonly name: string; readonly target: string };

export type LoadBalancer = {
  readonly kind: 'cloud, L7' | 'edge process';
  readonly tls: 'TLS 1.3, managed certificate' | 'none: loopback only';
  readonly healthCheckPath: '/health';
  readonly sessionAffinity: 'cookie' | 'none';
  readonly publicPort: number;
};

export type Cluster = {
  readonly platform: 'GKE or EKS' | 'Minikube or Kind';
  readonly zones: 'multi-zone' | 'single-zone' | 'local';
  readonly nodesMin: number;
  readonly nodesMax: number;
};

/** One cloud, or one machine, an environment's cluster can be built on. */
export type ClusterTarget = CloudTarget | LocalTarget;

export type LocalTarget = Networked & ReachedThrough<'kind'> & { readonly registry: string };

/**
 * The addresses that follow the client's in what api-gateway is told of a request: the rest of `X-Forwarded-For`, in its order,
 * and last the connection's own. What stands before the client's, whoever asks may have invented.
 */
export type TrustedHops = {
  /** Each of Google's balancers adds whom it heard from and then itself; the public one hands on to the Gateway's. */
  readonly gke: readonly [
    'public balancer',
    'public balancer, as the Gateway sees it',
    'Gateway',
    'Gateway, as a pod sees it',
  ];
  /** CloudFront adds the client, the Gateway's balancer the interface CloudFront has in the network. */
  readonly eks: readonly ['CloudFront, as the Gateway sees it', 'Gateway, as a pod sees it'];
  /** Its gateway passes on what the client wrote and adds nothing: nobody is believed. */
  readonly kind: readonly [];
  /** The edge of one machine writes the client's address over whatever was there. */
  readonly local: readonly ['edge, as a process sees it'];
};

type ReachedThrough<K extends 'gke' | 'eks' | 'kind'> = {
  readonly kind: K;
  /** True of every request, because there is one way in. */
  readonly trustedHops: TrustedHops[K];
};

type Networked = {
  readonly network: ClusterNetwork;
  /** What lets a pod out to the hosts it declares, and to no other. */
  readonly egress: 'FQDN policies' | 'egress proxy';
};

export type ClusterNetwork = {
  /** Nodes, pods and the load balancer's own addresses. */
  readonly cidr: string;
  /** Pods only; on EKS a part of `cidr`. */
  readonly podCidr: string;
  /** PostgreSQL, Redis and n8n, private and peered. */
  readonly dataCidr: string;
  /** Where the load balancer connects and checks health from. */
  readonly loadBalancerCidrs: readonly [string, ...string[]];
};

export type CloudTarget = Networked & (ReachedThrough<'gke'> | ReachedThrough<'eks'>) & InCloud;

type InCloud = {
  /** The GCP project's id or the AWS account's number. */
  readonly account: string;
  readonly region: string;
  /** The zones its nodes and data are spread over; one where the environment is single-zone. */
  readonly zones: readonly [string, ...string[]];
  /** Where a disaster's failover goes, by hand. */
  readonly secondaryRegion: string;
  /** Without the image's name: `<registry>/<image>@sha256:…`. */
  readonly registry: string;
};

export type BusinessHours = {
  /** An IANA name. */
  readonly timeZone: string;
  /** Days of the week as cron counts them. */
  readonly days: '1-5';
  /** Local time, `HH:MM`. */
  readonly from: string;
  readonly until: string;
};

export type Postgres = {
  readonly tier: string;
  readonly vcpu: number | null;
  readonly memoryGb: number | null;
  readonly storageGb: number | null;
  readonly storageAutoResize: boolean;
  readonly highAvailability: 'multi-zone with automatic failover' | 'none';
  readonly backups: Backups | null;
  /** Through PgBouncer in transaction mode, both bounds included. */
  readonly pooledConnections: { readonly min: number; readonly max: number } | null;
  readonly port: number;
  readonly database: 'maxai';
  readonly access: 'private IP, VPC peering' | 'loopback';
};

export type Backups = {
  readonly dailyRetentionDays: number;
  readonly weeklyRetentionDays: number;
  readonly pointInTimeRecoveryDays: number;
};

export type RedisInstance = {
  readonly tier: string;
  readonly memoryMb: number;
  readonly replicatedAcrossZones: boolean;
  readonly maxmemoryPolicy: 'allkeys-lru' | 'noeviction';
  readonly appendOnly: boolean;
  readonly port: number;
  readonly access: 'private IP, VPC peering' | 'loopback';
};

export type N8n = {
  readonly host: 'dedicated VM' | 'container';
  readonly vcpu: number | null;
  readonly memoryGb: number | null;
  readonly access: 'VPN only' | 'loopback';
  readonly https: boolean;
  readonly database: 'own database in the shared PostgreSQL';
};

/** How long a disaster may take to mend, and how much it may lose. */
export type Recovery = { readonly rtoHours: number; readonly rpoHours: number };

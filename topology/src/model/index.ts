export {
  defineEdge,
  defineSandbox,
  defineService,
  defineWebApp,
  defineWorker,
  environmentPrefix,
  standardProbes,
} from './deployable.ts';
export type {
  Backend,
  Deployable,
  Edge,
  Probes,
  Resources,
  Sandbox,
  Service,
  WebApp,
  Worker,
} from './deployable.ts';
export type {
  CloudTarget,
  ClusterTarget,
  Environment,
  EnvironmentName,
  RedisInstance,
  TrustedHops,
} from './environment.ts';
export { schemaOf } from './names.ts';
export type {
  CallerName,
  DeployableName,
  NamespaceName,
  NodePoolName,
  ProviderName,
  QueueName,
  SchemaName,
  SecretName,
  ServiceName,
  StatefulServiceName,
} from './names.ts';
export type { Platform, Route } from './platform.ts';
export { callerName, databasePassword, databaseRole, identitySecret } from './secret.ts';
export type { Secret, SecretKind, Secrets } from './secret.ts';
export { fromEnvironment, secret, trustedProxies, underPublicUrl, value } from './setting.ts';
export type { EnvironmentValues, Setting, Settings } from './setting.ts';

export { createApp, listen, type App, type AppOptions } from './create-app.ts';
export {
  beginExchange,
  exchange,
  receiveStream,
  receiveWhole,
  wasNeverSent,
  type ReceiverFactory,
} from './exchange.ts';
export { type HealthCheck } from './health.ts';
export { implement, routePath, type OperationHandler } from './implement-operation.ts';
export { problemOf } from './problem.ts';
export {
  createServiceClient,
  type CallInput,
  type ServiceClient,
  type ServiceClientOptions,
} from './service-client.ts';
export { createSchemaValidator } from './validation.ts';

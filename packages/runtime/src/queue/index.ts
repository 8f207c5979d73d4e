export { createBatcher } from './batcher.ts';
export {
  createConsumer,
  PermanentFailure,
  RetryLater,
  type Consumer,
  type JobMeta,
} from './consumer.ts';
export {
  createQueueConnection,
  EvictionPolicyError,
  type QueueConnection,
} from './queue-connection.ts';
export { createProducer, type Producer, type QueueDepth } from './producer.ts';

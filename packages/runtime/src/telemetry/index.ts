export { atMostEvery } from './at-most-every.ts';
export { createLogger, type Logger, type LoggerOptions } from './logger.ts';
export { counter, createMetrics, gauge, type Metrics } from './metrics.ts';
export { currentContext, jobContextOf, runWithContext, tagContext } from './request-context.ts';
export { activeTraceparent, flushSpans, openSpan, outgoingTrace, type OpenSpan } from './spans.ts';

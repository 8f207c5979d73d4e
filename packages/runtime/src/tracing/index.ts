import { startTracing } from './start-tracing.ts';

/** Loaded before a program, by `--import`; a program without an endpoint runs as if this were not there. */
if (process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] !== undefined) startTracing();

export { closeTimeoutMs, runProcess, type RunningProcess } from './run-process.ts';

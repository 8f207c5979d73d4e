import { expect, it } from 'vitest';
import { answeredIn } from './count-requests.ts';

it('counts the requests of every route and status, but no probe and no scrape', () => {
  const exposition = `# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{le="1",method="GET",route="/api/flows",status="200"} 7
http_request_duration_seconds_count{method="GET",route="/api/flows",status="200"} 7
http_request_duration_seconds_count{method="POST",route="/api/flows",status="409"} 2
http_request_duration_seconds_count{method="GET",route="/health",status="200"} 40
http_request_duration_seconds_count{method="GET",route="/metrics",status="200"} 50
http_request_duration_seconds_count{method="GET",route="/api/health",status="200"} 1
job_duration_seconds_count{queue="flow-execution",outcome="done"} 90
`;
  expect(answeredIn(exposition)).toBe(10);
  expect(answeredIn('')).toBe(0);
});

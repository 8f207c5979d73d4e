import { getPlatformHealth } from '@maxai/contracts/http/api-gateway';
import type { ResultOf } from '@maxai/contracts/operation';
import { exchange, routePath, type App } from '@maxai/runtime/http';
import type { Pool } from 'undici';
import type { Context } from '../context.ts';
import type { Guard } from './operations.ts';

type Item = ResultOf<typeof getPlatformHealth>['items'][number];
type Report = { status: Item['status']; checks: Record<string, { status: string }> };

const timeoutMs = 3000;

async function ask(service: string, upstream: Pool): Promise<Item> {
  try {
    const { body } = await exchange(upstream, { method: 'GET', path: '/health' }, { timeoutMs });
    const report = JSON.parse(body.toString()) as Report;
    const dependencies = Object.entries(report.checks).map(([name, { status }]) => ({
      name,
      status,
    }));
    return { service, status: report.status, dependencies };
  } catch {
    return { service, status: 'unreachable', dependencies: [] };
  }
}

export function registerPlatformHealth(app: App, ctx: Context, guard: Guard): void {
  app.route({
    method: 'GET',
    url: routePath(getPlatformHealth),
    onRequest: guard(getPlatformHealth),
    handler: async () => ({
      items: await Promise.all(
        Object.entries(ctx.upstreams).map(([service, upstream]) => ask(service, upstream)),
      ),
    }),
  });
}

import { version } from '../../version.ts';

export const dynamic = 'force-dynamic';

/** The app renders without any other process, so it is healthy while it answers. */
export function GET() {
  return Response.json({
    status: 'ok',
    service: 'portal-web',
    version,
    checks: {},
  });
}

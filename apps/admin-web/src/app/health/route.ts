import manifest from '../../../package.json' with { type: 'json' };

export const dynamic = 'force-dynamic';

/** The app renders without any other process, so it is healthy while it answers. */
export function GET() {
  return Response.json({
    status: 'ok',
    service: 'admin-web',
    version: manifest.version,
    checks: {},
  });
}

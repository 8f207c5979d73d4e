import { platformStatus, statusPage } from '../../features/status/platform-status.ts';

/** Rendered once in a minute for all visitors and all instances, however many ask. */
export const revalidate = 60;
export const dynamic = 'force-static';

export async function GET() {
  const publicUrl = process.env['PORTAL_WEB_PUBLIC_URL'] ?? '';
  const page = statusPage(await platformStatus(publicUrl, new Date()));
  return new Response(page, { headers: { 'content-type': 'text/html; charset=utf-8' } });
}

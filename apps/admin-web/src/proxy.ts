import { contentSecurityPolicy } from '@maxai/ui/content-security-policy';
import { NextResponse, type NextRequest } from 'next/server';

/** Gives every page its own nonce; Next.js reads it from the request's policy and marks its scripts. */
export function proxy(request: NextRequest): NextResponse {
  const policy = contentSecurityPolicy(crypto.randomUUID());
  const headers = new Headers(request.headers);
  headers.set('content-security-policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  return response;
}

// The first is the base path itself, which the second does not match.
export const config = { matcher: ['/', '/((?!_next/static|health|livez).*)'] };

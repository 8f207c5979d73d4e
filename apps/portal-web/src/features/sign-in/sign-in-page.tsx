import { buttonLook } from '@maxai/ui/button';
import { paths } from '../../paths.ts';

/** A path of this site to come back to; anything else leads to the overview. */
export function safeReturnTo(returnTo: string | undefined): string {
  return returnTo !== undefined && /^\/(?![/\\])/.test(returnTo) ? returnTo : paths.overview();
}

/** What iam says of a sign-in that ended without a session, and what to do about it. */
const failures = new Map([
  [
    'no_access',
    'This account has no access. Ask an owner of your agency to add its email under Team.',
  ],
  [
    'email_not_verified',
    'The email of this account is not verified. Verify it with your identity provider first.',
  ],
  ['login_expired', 'That sign-in took too long or was used before. Start again.'],
  ['login_failed', 'The identity provider did not confirm the sign-in. Start again.'],
]);

/** The way in: one link to the identity provider. */
export function SignInPage({
  returnTo,
  failure,
}: {
  returnTo: string | undefined;
  failure: string | undefined;
}) {
  const reason = failures.get(failure ?? '');
  return (
    <main className="grid min-h-dvh place-items-center p-6">
      <div className="w-full max-w-sm">
        <span
          aria-hidden
          className="flex size-10 items-center justify-center rounded-xl bg-accent text-lg font-bold text-accent-ink"
        >
          M
        </span>
        <h1 className="mt-6 text-2xl font-semibold tracking-tight">Sign in to MaxAI</h1>
        <p className="mt-2 text-muted">
          Calls, messages, flows and billing of your agency’s clients, in one place.
        </p>
        {reason && (
          <p role="alert" className="mt-6 rounded-lg bg-bad-soft p-4 text-sm text-bad">
            {reason}
          </p>
        )}
        {/* A full navigation: the answer is a redirect to the identity provider. */}
        <a
          href={paths.login(safeReturnTo(returnTo))}
          className={`${buttonLook({ look: 'primary' })} mt-8 h-10 w-full`}
        >
          Continue with your work account
        </a>
        <p className="mt-4 text-xs text-muted">
          No account yet? Ask an owner of your agency to add your email under Team.
        </p>
      </div>
    </main>
  );
}

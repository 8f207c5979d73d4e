'use client';
import { ApiProvider, useAction, useOperation } from '@maxai/api-client/react';
import { AppShell, currentItem } from '@maxai/ui/app-shell';
import { Loaded } from '@maxai/ui/notices';
import { ToastProvider } from '@maxai/ui/toast';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { paths } from '../../paths.ts';
import { navigation } from './navigation.ts';

const goToSignIn = () => location.assign(paths.signIn(location.pathname + location.search));

function SignedIn({ children }: { children: ReactNode }) {
  const session = useOperation('getCurrentSession');
  const signOut = useAction('logout', () => location.assign(paths.signIn()));
  const path = usePathname();
  return (
    <Loaded reading={session}>
      {({ actor, tenant }) => (
        <AppShell
          product="MaxAI"
          place={tenant?.name ?? 'No agency'}
          person={actor.name}
          nav={navigation}
          current={currentItem(navigation, path)}
          link={Link}
          onSignOut={() => signOut.run({})}
        >
          {children}
        </AppShell>
      )}
    </Loaded>
  );
}

/** Around every page that needs a session: who is signed in, navigation, toasts. */
export function Frame({ children }: { children: ReactNode }) {
  return (
    <ApiProvider onSignedOut={goToSignIn}>
      <ToastProvider>
        <SignedIn>{children}</SignedIn>
      </ToastProvider>
    </ApiProvider>
  );
}

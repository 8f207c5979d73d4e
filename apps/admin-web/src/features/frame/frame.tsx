'use client';
import { ApiProvider, useAction, useOperation } from '@maxai/api-client/react';
import { AppShell, currentItem, type NavGroup } from '@maxai/ui/app-shell';
import { buttonLook } from '@maxai/ui/button';
import { EmptyNotice, Loaded } from '@maxai/ui/notices';
import { ToastProvider } from '@maxai/ui/toast';
import { Building2, HeartPulse, Layers } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { basePath, paths } from '../../paths.ts';

const navigation: readonly NavGroup[] = [
  {
    title: 'Platform',
    items: [
      { label: 'Tenants', href: paths.tenants(), icon: Building2 },
      { label: 'Services', href: paths.health(), icon: HeartPulse },
      { label: 'Queues', href: paths.queues(), icon: Layers },
    ],
  },
];

const goToSignIn = () => location.assign(paths.signIn(location.pathname + location.search));

function StaffOnly({ children }: { children: ReactNode }) {
  const session = useOperation('getCurrentSession');
  const signOut = useAction('logout', () => location.assign(paths.signIn(basePath)));
  const path = usePathname();
  return (
    <Loaded reading={session}>
      {({ actor, grants }) =>
        grants.some((grant) => grant.permissions.includes('platform:read')) ? (
          <AppShell
            product="MaxAI Admin"
            place="Platform"
            person={actor.name}
            nav={navigation}
            current={currentItem(navigation, path)}
            link={Link}
            onSignOut={() => signOut.run({})}
          >
            {children}
          </AppShell>
        ) : (
          <main className="grid min-h-dvh place-items-center">
            <EmptyNotice title="This console is for platform staff">
              <p className="mb-4">
                {actor.name} is signed in without the right to read the platform.
              </p>
              <a href={paths.portal()} className={buttonLook()}>
                Go to the portal
              </a>
            </EmptyNotice>
          </main>
        )
      }
    </Loaded>
  );
}

/** Around every page: who is signed in, whether they are staff, navigation, toasts. */
export function Frame({ children }: { children: ReactNode }) {
  return (
    <ApiProvider onSignedOut={goToSignIn}>
      <ToastProvider>
        <StaffOnly>{children}</StaffOnly>
      </ToastProvider>
    </ApiProvider>
  );
}

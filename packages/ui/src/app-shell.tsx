'use client';
import { Menu } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useState, type ComponentType, type ReactNode } from 'react';
import { Button } from './button.tsx';
import { classNames } from './class-names.ts';
import { ThemeToggle } from './theme-toggle.tsx';

/** How the app renders a link inside itself. */
export type LinkComponent = ComponentType<{
  href: string;
  className?: string;
  onClick?: () => void;
  'aria-current'?: 'page' | undefined;
  children: ReactNode;
}>;
export type NavItem = {
  readonly label: string;
  readonly href: string;
  readonly icon: ComponentType<{ className?: string }>;
};
export type NavGroup = { readonly title: string; readonly items: readonly NavItem[] };

type AppShellProps = {
  product: string;
  /** Where the visitor is: tenant or company name. */
  place: string;
  person: string;
  nav: readonly NavGroup[];
  /** The href of the navigation item that is open. */
  current: string;
  link: LinkComponent;
  onSignOut: () => void;
  children: ReactNode;
};

/** The navigation item a path belongs to: the longest href that starts it. */
export function currentItem(nav: readonly NavGroup[], path: string): string {
  const hrefs = nav.flatMap((group) => group.items.map((item) => item.href));
  return hrefs.reduce((best, href) => {
    const matches = path === href || path.startsWith(href === '/' ? '/?' : `${href}/`);
    return matches && href.length > best.length ? href : best;
  }, '');
}

function Brand({ product }: { product: string }) {
  return (
    <span className="flex items-center gap-2 font-semibold tracking-tight">
      <span
        aria-hidden
        className="flex size-6 items-center justify-center rounded-md bg-accent text-xs font-bold text-accent-ink"
      >
        M
      </span>
      {product}
    </span>
  );
}

function Navigation(props: AppShellProps & { onNavigate: () => void }) {
  const { nav, current, link: Link, onNavigate } = props;
  return (
    <div className="flex h-full flex-col">
      <div className="px-4 pt-4 pb-3">
        <Brand product={props.product} />
        <div className="mt-3 truncate rounded-md border border-line bg-surface px-2.5 py-1.5 text-[13px] font-medium">
          {props.place}
        </div>
      </div>
      <nav aria-label="Main" className="flex-1 overflow-y-auto px-2 pb-4">
        {nav.map((group) => (
          <div key={group.title} className="mt-3">
            <h2 className="px-2 pb-1 text-xs font-medium text-muted">{group.title}</h2>
            <ul>
              {group.items.map(({ label, href, icon: Icon }) => (
                <li key={href}>
                  <Link
                    href={href}
                    onClick={onNavigate}
                    aria-current={href === current ? 'page' : undefined}
                    className={classNames(
                      'flex h-8 items-center gap-2.5 rounded-md px-2 text-[13px] font-medium text-muted transition-colors hover:bg-raised hover:text-ink',
                      href === current && 'bg-raised text-ink',
                    )}
                  >
                    <Icon className="size-4" />
                    {label}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <div className="flex items-center gap-1 border-t border-line p-2 pl-4">
        <span className="min-w-0 flex-1 truncate text-[13px]">{props.person}</span>
        <ThemeToggle />
        <Button look="quiet" size="small" onClick={props.onSignOut}>
          Sign out
        </Button>
      </div>
    </div>
  );
}

/** The frame around every page: navigation beside it, or in a drawer on a narrow screen. */
export function AppShell(props: AppShellProps) {
  const [open, setOpen] = useState(false);
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-accent focus:px-3 focus:py-2 focus:text-accent-ink"
      >
        Skip to content
      </a>
      <aside className="sticky top-0 hidden h-dvh border-r border-line lg:block">
        <Navigation {...props} onNavigate={() => undefined} />
      </aside>
      <header className="sticky top-0 z-30 flex h-14 items-center gap-2 border-b border-line bg-canvas/90 px-3 backdrop-blur lg:hidden">
        <Dialog.Root open={open} onOpenChange={setOpen}>
          <Dialog.Trigger asChild>
            <Button look="quiet" size="square" aria-label="Open navigation">
              <Menu aria-hidden />
            </Button>
          </Dialog.Trigger>
          <Dialog.Portal>
            <Dialog.Overlay className="fixed inset-0 z-40 bg-black/45" />
            <Dialog.Content
              aria-describedby={undefined}
              className="fixed inset-y-0 left-0 z-50 w-64 border-r border-line bg-canvas text-ink shadow-xl"
            >
              <Dialog.Title className="sr-only">Navigation</Dialog.Title>
              <Navigation {...props} onNavigate={() => setOpen(false)} />
            </Dialog.Content>
          </Dialog.Portal>
        </Dialog.Root>
        <Brand product={props.product} />
      </header>
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto grid w-full max-w-6xl grid-cols-[minmax(0,1fr)] content-start gap-6 px-4 py-6 outline-none sm:px-8 sm:py-8"
      >
        {props.children}
      </main>
    </div>
  );
}

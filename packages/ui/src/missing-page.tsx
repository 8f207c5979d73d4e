import type { LinkComponent } from './app-shell.tsx';
import { buttonLook } from './button.tsx';

/** What an address that leads nowhere shows: that, and the way back. */
export function MissingPage({
  product,
  home,
  link: Link,
}: {
  product: string;
  home: string;
  link: LinkComponent;
}) {
  return (
    <main className="grid min-h-dvh place-content-center justify-items-center gap-2 p-6 text-center">
      <p className="text-muted">404</p>
      <h1 className="text-xl font-semibold">There is no such page</h1>
      <p className="mb-4 max-w-md text-muted">
        The address may be mistyped, or what it named is gone.
      </p>
      <Link href={home} className={buttonLook()}>
        Back to {product}
      </Link>
    </main>
  );
}

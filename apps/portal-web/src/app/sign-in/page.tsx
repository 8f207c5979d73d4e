import { SignInPage } from '../../features/sign-in/sign-in-page.tsx';

export const metadata = { title: 'Sign in' };

type Search = Promise<{ returnTo?: string }>;
export default async function Page({ searchParams }: { searchParams: Search }) {
  return <SignInPage returnTo={(await searchParams).returnTo} />;
}

import { SignInPage } from '../../features/sign-in/sign-in-page.tsx';

export const metadata = { title: 'Sign in' };

type Search = Promise<{ returnTo?: string; error?: string }>;
export default async function Page({ searchParams }: { searchParams: Search }) {
  const { returnTo, error } = await searchParams;
  return <SignInPage returnTo={returnTo} failure={error} />;
}

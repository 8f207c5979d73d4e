import { UsagePage, type UsageFilter } from '../../../features/usage/usage-page.tsx';

export const metadata = { title: 'Usage' };

export default async function Page({ searchParams }: { searchParams: Promise<UsageFilter> }) {
  return <UsagePage filter={await searchParams} />;
}

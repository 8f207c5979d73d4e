import { EventList, type EventFilter } from '../../../features/events/event-list.tsx';

export const metadata = { title: 'Events' };

export default async function Page({ searchParams }: { searchParams: Promise<EventFilter> }) {
  return <EventList filter={await searchParams} />;
}

import { EventPage } from '../../../../features/events/event-page.tsx';

export const metadata = { title: 'Event' };

export default async function Page({ params }: { params: Promise<{ eventId: string }> }) {
  return <EventPage id={(await params).eventId} />;
}

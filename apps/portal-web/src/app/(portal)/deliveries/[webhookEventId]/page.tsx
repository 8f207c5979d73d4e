import { DeliveryPage } from '../../../../features/events/delivery-page.tsx';

export const metadata = { title: 'Delivery' };

export default async function Page({ params }: { params: Promise<{ webhookEventId: string }> }) {
  return <DeliveryPage id={(await params).webhookEventId} />;
}

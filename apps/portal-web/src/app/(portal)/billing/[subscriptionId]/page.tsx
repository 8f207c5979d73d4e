import { InvoicePage } from '../../../../features/billing/invoice-page.tsx';

export const metadata = { title: 'Invoice preview' };

export default async function Page({ params }: { params: Promise<{ subscriptionId: string }> }) {
  return <InvoicePage id={(await params).subscriptionId} />;
}

import { ClientPage } from '../../../../features/clients/client-page.tsx';

export const metadata = { title: 'Client' };

export default async function Page({ params }: { params: Promise<{ clientId: string }> }) {
  return <ClientPage id={(await params).clientId} />;
}

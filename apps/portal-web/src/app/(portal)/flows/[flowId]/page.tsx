import { FlowPage } from '../../../../features/flows/flow-page.tsx';

export const metadata = { title: 'Flow' };

export default async function Page({ params }: { params: Promise<{ flowId: string }> }) {
  return <FlowPage id={(await params).flowId} />;
}

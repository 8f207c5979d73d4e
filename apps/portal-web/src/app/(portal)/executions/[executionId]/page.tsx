import { ExecutionPage } from '../../../../features/executions/execution-page.tsx';

export const metadata = { title: 'Execution' };

export default async function Page({ params }: { params: Promise<{ executionId: string }> }) {
  return <ExecutionPage id={(await params).executionId} />;
}

import {
  ExecutionList,
  type ExecutionFilter,
} from '../../../features/executions/execution-list.tsx';

export const metadata = { title: 'Executions' };

export default async function Page({ searchParams }: { searchParams: Promise<ExecutionFilter> }) {
  return <ExecutionList filter={await searchParams} />;
}

import { PromptPage } from '../../../../features/prompts/prompt-page.tsx';

export const metadata = { title: 'Prompt' };

export default async function Page({ params }: { params: Promise<{ promptId: string }> }) {
  return <PromptPage id={(await params).promptId} />;
}

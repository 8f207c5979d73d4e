import { EffectPage } from '../../../../features/executions/effect-page.tsx';

export const metadata = { title: 'Effect' };

export default async function Page({ params }: { params: Promise<{ effectId: string }> }) {
  return <EffectPage id={(await params).effectId} />;
}

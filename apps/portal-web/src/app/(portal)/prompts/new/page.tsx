import { NewPromptPage } from '../../../../features/prompts/new-prompt-page.tsx';

export const metadata = { title: 'New prompt' };

export default NewPromptPage;

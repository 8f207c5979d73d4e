import { PromptList } from '../../../features/prompts/prompt-list.tsx';

export const metadata = { title: 'Prompts' };

export default PromptList;

import { DeadLetterList } from '../../../features/dead-letters/dead-letter-list.tsx';

export const metadata = { title: 'Dead letters' };

export default DeadLetterList;

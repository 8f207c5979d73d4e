import { FlowList } from '../../../features/flows/flow-list.tsx';

export const metadata = { title: 'Flows' };

export default FlowList;

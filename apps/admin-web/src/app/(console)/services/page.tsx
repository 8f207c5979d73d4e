import { ServiceList } from '../../../features/services/service-list.tsx';

export const metadata = { title: 'Services' };

export default ServiceList;

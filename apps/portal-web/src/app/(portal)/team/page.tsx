import { TeamPage } from '../../../features/team/team-page.tsx';

export const metadata = { title: 'Team' };

export default TeamPage;

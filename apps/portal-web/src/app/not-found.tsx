import { MissingPage } from '@maxai/ui/missing-page';
import Link from 'next/link';
import { paths } from '../paths.ts';

export default function NotFound() {
  return <MissingPage product="MaxAI" home={paths.overview()} link={Link} />;
}

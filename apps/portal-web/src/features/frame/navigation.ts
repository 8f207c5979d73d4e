import type { NavGroup } from '@maxai/ui/app-shell';
import {
  Activity,
  Building2,
  ChartColumn,
  CreditCard,
  FileText,
  House,
  KeyRound,
  MailWarning,
  MessageSquare,
  Phone,
  Plug,
  ScrollText,
  Users,
  Workflow,
  Zap,
} from 'lucide-react';
import { paths } from '../../paths.ts';

export const navigation: readonly NavGroup[] = [
  {
    title: 'Activity',
    items: [
      { label: 'Overview', href: paths.overview(), icon: House },
      { label: 'Calls', href: paths.calls(), icon: Phone },
      { label: 'Messages', href: paths.messages(), icon: MessageSquare },
      { label: 'Events', href: paths.events(), icon: Zap },
      { label: 'Executions', href: paths.executions(), icon: Activity },
      { label: 'Dead letters', href: paths.deadLetters(), icon: MailWarning },
    ],
  },
  {
    title: 'Solutions',
    items: [
      { label: 'Flows', href: paths.flows(), icon: Workflow },
      { label: 'Prompts', href: paths.prompts(), icon: FileText },
      { label: 'Clients', href: paths.clients(), icon: Building2 },
      { label: 'Connections', href: paths.connections(), icon: Plug },
    ],
  },
  {
    title: 'Money',
    items: [
      { label: 'Usage', href: paths.usage(), icon: ChartColumn },
      { label: 'Billing', href: paths.billing(), icon: CreditCard },
    ],
  },
  {
    title: 'Agency',
    items: [
      { label: 'Team', href: paths.team(), icon: Users },
      { label: 'API keys', href: paths.apiKeys(), icon: KeyRound },
      { label: 'Audit', href: paths.audit(), icon: ScrollText },
    ],
  },
];

import {
  cleanup,
  configure,
  render,
  renderHook,
  screen,
  waitFor,
  within,
} from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { House } from 'lucide-react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppShell, currentItem, type NavGroup } from './app-shell.tsx';
import { BarChart } from './bar-chart.tsx';
import { Button } from './button.tsx';
import { Card, Stat } from './card.tsx';
import { CodeBlock } from './code-block.tsx';
import { securityHeaders } from './content-security-policy.ts';
import { Dialog } from './dialog.tsx';
import { FilterLinks } from './filter-links.tsx';
import { Form, Select, TextArea, TextField } from './form.tsx';
import { KeyValue } from './key-value.tsx';
import { formatMoney } from './money.tsx';
import { ProblemNotice } from './notices.tsx';
import { PageHeader } from './page-header.tsx';
import { describeDuration, describeTime, RelativeTime } from './relative-time.tsx';
import { StatusPill, Tag } from './status-pill.tsx';
import { themeFrom } from './theme.tsx';
import { ThemeToggle } from './theme-toggle.tsx';
import { Timeline } from './timeline.tsx';
import { ToastProvider, useToast } from './toast.tsx';

// Conditions are waited for, never times: a busy machine may take long.
configure({ asyncUtilTimeout: 15_000 });

afterEach(cleanup);

describe('figures', () => {
  it.each([
    ['USD', '1234567.50', '$1,234,567.50'],
    ['USD', '-0.000012', '−$0.000012'],
    ['EUR', '12.000', 'EUR 12.00'],
  ])('writes every digit of %s %s as %s', (currency, amount, text) => {
    expect(formatMoney({ currency, amount })).toBe(text);
  });

  it.each([
    [0, 'now'],
    [-45, '45 seconds ago'],
    [-119, '1 minute ago'],
    [-7200, '2 hours ago'],
    [-86_400, 'yesterday'],
    [3600, 'in 1 hour'],
    [-30 * 86_400, 'Oct 2, 2026, 12:00:00 PM'],
  ])('says %s seconds as "%s"', (seconds, text) => {
    const now = new Date(2026, 10, 1, 12);
    expect(describeTime(new Date(now.getTime() + seconds * 1000), now).replace('\u202F', ' ')).toBe(
      text,
    );
  });

  it('keeps the exact time in reach', () => {
    render(<RelativeTime at="2026-01-02T03:04:05.000Z" />);
    const time = screen.getByText(/2026/);
    expect(time.getAttribute('dateTime') ?? time.getAttribute('datetime')).toBe(
      '2026-01-02T03:04:05.000Z',
    );
    expect(time.title).toContain('2026');
  });

  it.each([
    ['00:00:00.250', '250 ms'],
    ['00:00:02.400', '2.4 s'],
    ['00:01:05.000', '1 min 5 s'],
  ])('says how long something took until %s: %s', (until, text) => {
    expect(describeDuration('2026-01-01T00:00:00.000Z', `2026-01-01T${until}Z`)).toBe(text);
  });

  it('draws bars in proportion and says each in words', () => {
    const bars = [
      { label: 'Mon', value: 1, title: 'Mon: 1' },
      { label: 'Tue', value: 4, title: 'Tue: 4' },
    ];
    const { container } = render(<BarChart label="Cost" bars={bars} />);
    const heights = [...container.querySelectorAll('li > span[style]')].map((bar) =>
      bar.getAttribute('style'),
    );
    expect(heights.map((height) => height?.replace(/\D/g, ''))).toEqual(['25', '100']);
    expect(screen.getByText('Tue: 4')).toBeTruthy();
    cleanup();
    render(<BarChart label="Cost" bars={[]} />);
    expect(screen.queryByRole('listitem')).toBeNull();
  });
});

describe('parts', () => {
  it('cannot press a button again while it runs', () => {
    render(<Button running>Save</Button>);
    expect(screen.getByRole('button')).toHaveProperty('disabled', true);
    expect(screen.getByRole('button').getAttribute('aria-busy')).toBe('true');
  });

  it('shows a state by its word, with and without a colour of its own', () => {
    render(<StatusPill status="failed" />);
    render(<StatusPill status="cancelled" />);
    expect(screen.getByText('failed').className).toContain('text-bad');
    expect(screen.getByText('cancelled').className).toContain('text-muted');
  });

  it('names sections, pages, figures and facts', () => {
    render(
      <>
        <PageHeader title="Calls" />
        <PageHeader
          title="Call"
          description="one"
          back={<a href="#back">Back</a>}
          actions={<button type="button">Do</button>}
        />
        <Card title="Steps">inside</Card>
        <Card title="Lines" flush>
          flush
        </Card>
        <Stat label="Clients" note="this month">
          3
        </Stat>
        <KeyValue facts={{ Plan: 'Pro', Cost: null }} />
        <Tag>voice</Tag>
      </>,
    );
    expect(screen.getByRole('heading', { level: 1, name: 'Calls' })).toBeTruthy();
    expect(screen.getByRole('region', { name: 'Steps' }).textContent).toContain('inside');
    expect(screen.getByRole('link', { name: 'Back' })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Do' })).toBeTruthy();
    expect(screen.getByText('this month')).toBeTruthy();
    expect(screen.getByText('Pro')).toBeTruthy();
    expect(screen.queryByText('Cost')).toBeNull();
  });

  it('tells a problem with its fields and what to quote', () => {
    render(
      <ProblemNotice
        problem={{
          title: 'Wrong',
          detail: 'Mend it.',
          correlationId: 'cor_9',
          fields: [{ pointer: '/a', detail: 'is missing' }],
        }}
      />,
    );
    expect(screen.getByRole('alert').textContent).toBe(
      'WrongMend it./a: is missingQuote to support: cor_9',
    );
  });

  it('lists what happened in order', () => {
    render(
      <Timeline
        label="Steps"
        items={[{ key: 'a', title: 'ask', status: 'done', note: '1 s', body: 'answer' }]}
      />,
    );
    expect(within(screen.getByRole('list')).getByRole('listitem').textContent).toBe(
      '1askdone1 sanswer',
    );
  });

  it('copies code to the clipboard', async () => {
    const user = userEvent.setup();
    render(<CodeBlock label="secret">abc</CodeBlock>);
    await user.click(screen.getByRole('button', { name: 'Copy secret' }));
    expect(await screen.findByRole('button', { name: 'Copy secret: copied' })).toBeTruthy();
    expect(await navigator.clipboard.readText()).toBe('abc');
  });

  it('closes a dialog with Escape and gives the focus to it while open', async () => {
    const onClose = vi.fn<() => void>();
    render(
      <Dialog title="Sure?" description="It is final." open onClose={onClose}>
        <Button>Yes</Button>
      </Dialog>,
    );
    const dialog = screen.getByRole('dialog', { name: 'Sure?' });
    expect(dialog.contains(document.activeElement)).toBe(true);
    await userEvent.keyboard('{Escape}');
    expect(onClose).toHaveBeenCalledOnce();
  });

  it('hands over what was typed, trimmed, and shows why it was refused', async () => {
    const onSubmit = vi.fn<(fields: object) => void>();
    render(
      <Form
        submit="Save"
        running={false}
        problem={{ title: 'Taken', detail: null, correlationId: null, fields: [] }}
        onSubmit={onSubmit}
      >
        <TextField label="Name" name="name" hint="yours" />
        <TextArea label="Text" name="text" />
        <Select label="Role" name="role" options={{ owner: 'Owner', viewer: 'Viewer' }} />
      </Form>,
    );
    await userEvent.type(screen.getByLabelText(/Name/), ' Ada ');
    await userEvent.type(screen.getByLabelText('Text'), 'Hi');
    await userEvent.selectOptions(screen.getByLabelText('Role'), 'Viewer');
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(onSubmit).toHaveBeenCalledWith({ name: 'Ada', text: 'Hi', role: 'viewer' });
    expect(screen.getByRole('alert').textContent).toBe('Taken');
  });

  it('tells in passing what was done, until it is dismissed', async () => {
    function Teller() {
      const toast = useToast();
      return <Button onClick={() => toast('Saved.')}>Save</Button>;
    }
    render(
      <ToastProvider>
        <Teller />
      </ToastProvider>,
    );
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('Saved.')).toBeTruthy();
    screen.getByText('Saved.').closest('li')?.focus();
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByText('Saved.')).toBeNull());
  });

  it('is silent where nobody shows toasts', () => {
    const { result } = renderHook(() => useToast());
    expect(result.current('Saved.')).toBeUndefined();
  });

  it('marks the view that is open', () => {
    render(
      <FilterLinks
        label="Status"
        link={({ children, ...props }) => <a {...props}>{children}</a>}
        options={[
          { text: 'All', href: '/a', current: false },
          { text: 'Failed', href: '/b', current: true },
        ]}
      />,
    );
    expect(screen.getByRole('link', { name: 'All' }).getAttribute('aria-current')).toBeNull();
    expect(screen.getByRole('link', { name: 'Failed' }).getAttribute('aria-current')).toBe('page');
  });

  it('forbids framing and sniffing', () => {
    expect(securityHeaders).toContainEqual({ key: 'X-Frame-Options', value: 'DENY' });
  });
});

describe('theme', () => {
  beforeEach(() => {
    delete document.documentElement.dataset['theme'];
  });
  afterEach(() => vi.restoreAllMocks());
  const toggle = () =>
    userEvent.click(screen.getByRole('button', { name: 'Switch between light and dark' }));

  it('starts from the system and is kept in a cookie', async () => {
    render(<ThemeToggle />);
    await toggle();
    expect(document.documentElement.dataset['theme']).toBe('dark');
    expect(document.cookie).toContain('maxai_theme=dark');
    await toggle();
    expect(document.documentElement.dataset['theme']).toBe('light');
  });

  it('turns light where the system is dark', async () => {
    vi.spyOn(window, 'matchMedia').mockReturnValue({ matches: true } as MediaQueryList);
    render(<ThemeToggle />);
    await toggle();
    expect(document.documentElement.dataset['theme']).toBe('light');
  });

  it.each([
    ['dark', 'dark'],
    ['light', 'light'],
    ['"><script>', undefined],
    [undefined, undefined],
  ])('reads the cookie %s as %s', (cookie, theme) => {
    expect(themeFrom(cookie)).toBe(theme);
  });
});

describe('AppShell', () => {
  const nav: readonly NavGroup[] = [
    {
      title: 'Activity',
      items: [
        { label: 'Overview', href: '/', icon: House },
        { label: 'Calls', href: '/calls', icon: House },
      ],
    },
  ];
  const shell = (onSignOut: () => void = () => undefined) =>
    render(
      <AppShell
        product="MaxAI"
        place="Northstar"
        person="Olivia"
        nav={nav}
        current="/calls"
        link={({ children, ...props }) => <a {...props}>{children}</a>}
        onSignOut={onSignOut}
      >
        <p>Page</p>
      </AppShell>,
    );

  it.each([
    ['/', '/'],
    ['/calls', '/calls'],
    ['/calls/1', '/calls'],
    ['/callers', ''],
  ])('finds the item of %s: "%s"', (path, href) => {
    expect(currentItem(nav, path)).toBe(href);
  });

  it('lets the keyboard skip to the content and marks where it is', async () => {
    const onSignOut = vi.fn<() => void>();
    shell(onSignOut);
    expect(screen.getByRole('link', { name: 'Skip to content' }).getAttribute('href')).toBe(
      '#content',
    );
    expect(screen.getByRole('main').id).toBe('content');
    expect(screen.getByRole('link', { name: 'Calls' }).getAttribute('aria-current')).toBe('page');
    await userEvent.click(screen.getByRole('link', { name: 'Overview' }));
    await userEvent.click(screen.getByRole('button', { name: 'Sign out' }));
    expect(onSignOut).toHaveBeenCalledOnce();
  });

  it('opens the navigation as a drawer and closes it on a choice', async () => {
    shell();
    await userEvent.click(screen.getByRole('button', { name: 'Open navigation' }));
    const drawer = screen.getByRole('dialog', { name: 'Navigation' });
    await userEvent.click(within(drawer).getByRole('link', { name: 'Overview' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });
});

import { followStory } from '@maxai/ops/commands/demo/follow-story';
import { demoAgency } from '@maxai/ops/commands/demo/demo-accounts';
import { runningDemo } from '@maxai/ops/commands/demo/running-demo';
import { demoStories } from '@maxai/ops/commands/demo/stories';
import { repositoryRoot, stateFolderOf } from '@maxai/ops/platform/environment';
import { describeError } from '@maxai/ops/supervisor/command-error';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { createCheckList, fileNameOf } from './check-list.ts';
import { chromiumArguments, chromiumOf } from './chromium.ts';

const waitMs = 15_000;

/** The whole story as an agency sees it, in a real browser. Returns the exit code. */
async function runInBrowser(args: readonly string[]): Promise<number> {
  const state = stateFolderOf(process.env);
  const demo = runningDemo(state);
  const { url } = demo;
  const evidence = state.file('e2e');
  mkdirSync(evidence, { recursive: true });
  const executablePath = chromiumOf({
    searchPath: String(process.env['PATH']),
    userId: Number(process.getuid?.()),
    run: (command, given) =>
      spawnSync(command, given, {
        stdio: 'inherit',
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      }).status,
  });
  const browser = await chromium.launch({ executablePath, args: chromiumArguments });

  async function newPage(): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
    context.setDefaultTimeout(waitMs);
    return context.newPage();
  }
  let page = await newPage();
  const { check, finish } = createCheckList({
    print: (line) => console.log(line),
    async onFailure(name) {
      const path = join(evidence, fileNameOf(name));
      await page.screenshot({ path, fullPage: true });
      return `at ${page.url()}, screenshot ${path}`;
    },
  });

  const heading = (name: string | RegExp) =>
    page.getByRole('heading', { level: 1, name }).waitFor();
  const openLink = (name: string | RegExp) => page.getByRole('link', { name }).first().click();
  const statusOf = (path: string, body?: object) =>
    page.evaluate(
      async ([target, json]) => {
        const response = await fetch(target, {
          ...(json !== undefined && {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: json,
          }),
        });
        return response.status;
      },
      [`${url}${path}`, body && JSON.stringify(body)] as const,
    );

  async function expectStatus(wanted: number, path: string, body?: object): Promise<void> {
    const status = await statusOf(path, body);
    if (status !== wanted) throw new Error(`${path} answers ${status}, not ${wanted}`);
  }

  async function signIn(email: string, path: string): Promise<void> {
    page = await newPage();
    await page.goto(`${url}${path}`);
    await openLink(/continue/i);
    await page.getByLabel('Email').fill(email);
    await page.getByRole('button', { name: 'Continue' }).click();
  }

  const [ended, analyzed] = demoStories(randomBytes(6).toString('hex'));
  try {
    await check('a visitor without a session is led to the sign-in page', async () => {
      await page.goto(`${url}/executions`);
      await heading('Sign in to MaxAI');
      await expectStatus(401, '/api/auth/session');
    });
    await check('the owner signs in through OpenID Connect and sees the overview', async () => {
      await signIn(demoAgency.ownerEmail, '/');
      await heading('Overview');
      await page.getByText(demoAgency.name).first().waitFor();
    });
    await check('a signed call webhook crosses every service', async () => {
      for (const story of [ended, analyzed]) {
        if (story === undefined) throw new Error('the demo has no calls');
        await followStory({ ...demo, limitMs: waitMs, tell: () => undefined }, story);
      }
    });
    await check('the call is in the list of calls', async () => {
      await openLink('Calls');
      await heading('Calls');
      const row = page.getByRole('row').filter({ hasText: String(analyzed?.phone) });
      await row.getByRole('link', { name: 'call.analyzed' }).click();
      await heading('call.analyzed');
    });
    await check('the call leads to its execution with every step', async () => {
      await openLink('Open execution');
      await heading(String(analyzed?.flow));
      for (const step of ['summary', 'contact', 'booking', 'sms']) {
        await page.getByText(step, { exact: true }).first().waitFor();
      }
    });
    await check('the execution leads to the SMS it sent', async () => {
      await openLink('Open message');
      await heading('Message');
      await page.getByText(String(analyzed?.phone)).first().waitFor();
    });
    await check('the SMS leads to its usage lines with their cost', async () => {
      await openLink('Open usage');
      await heading('Usage');
      await page.getByRole('row').filter({ hasText: 'twilio' }).getByText('0.0079').waitFor();
    });
    await check('the invoice preview shows the usage', async () => {
      await openLink('Billing');
      await openLink('Receptionist');
      await heading('Invoice preview');
      await page.getByText(/voice/i).first().waitFor();
    });
    if (args.includes('--screenshot')) {
      await openLink('Overview');
      await heading('Overview');
      await page.waitForLoadState('networkidle');
      await page.screenshot({ path: join(repositoryRoot, 'docs', 'portal.png') });
    }
    await check('signing out ends the session', async () => {
      await page.getByRole('button', { name: 'Sign out' }).click();
      await heading('Sign in to MaxAI');
      await expectStatus(401, '/api/auth/session');
    });
    await check('a viewer reads but cannot create an API key', async () => {
      await signIn(demoAgency.viewerEmail, '/');
      await heading('Overview');
      await expectStatus(200, '/api/events');
      await expectStatus(403, '/api/api-keys', { name: 'Mine', role: 'owner' });
    });
    await check('staff sees the health of the services and the queues', async () => {
      await signIn(demoAgency.staffEmail, '/admin');
      await openLink('Services');
      await page.getByText('orchestrator', { exact: true }).first().waitFor();
      await openLink('Queues');
      await page.getByText('webhook-processing').first().waitFor();
    });
    await check('an account without access is told what to do', async () => {
      await signIn('unverified@harbor.example', '/');
      await heading('Sign in to MaxAI');
      await page
        .getByRole('alert')
        .filter({ hasText: /verified/i })
        .waitFor();
    });
    await check('an owner of an agency is kept out of the console', async () => {
      await signIn(demoAgency.ownerEmail, '/admin');
      await page.getByText('This console is for platform staff').waitFor();
    });
  } finally {
    await browser.close();
  }
  return finish();
}

try {
  process.exitCode = await runInBrowser(process.argv.slice(2));
} catch (error) {
  console.error(`\n${describeError(error)}`);
  process.exitCode = 1;
}

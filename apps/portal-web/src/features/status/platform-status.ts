const answerLimitMs = 2000;

export type PlatformStatus = {
  readonly api: 'answers' | 'does not answer';
  readonly checkedAt: string;
};

/** Whether the public API answers, asked as any client would. */
export async function platformStatus(publicUrl: string, now: Date): Promise<PlatformStatus> {
  const answered = await fetch(`${publicUrl}/api/openapi.json`, {
    signal: AbortSignal.timeout(answerLimitMs),
    cache: 'no-store',
  }).then(
    ({ ok }) => ok,
    () => false,
  );
  return { api: answered ? 'answers' : 'does not answer', checkedAt: now.toISOString() };
}

/** A page without scripts, so that it can be kept and shown to everybody. */
export function statusPage({ api, checkedAt }: PlatformStatus): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>MaxAI status</title>
<meta name="viewport" content="width=device-width">
<h1>MaxAI status</h1>
<p>The API ${api}. Checked at <time datetime="${checkedAt}">${checkedAt}</time>.</p>
</html>
`;
}

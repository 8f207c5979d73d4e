import { once } from 'node:events';
import { connect, type ConnectionOptions } from 'node:tls';
import { expectThat, SmokeFailure, type Target } from './smoke-check.ts';

/** A certificate that ends sooner was not renewed when it should have been. */
const certificateDaysMin = 14;
const dayMs = 86_400_000;

async function handshake(
  { url, timeoutMs }: Target,
  options: ConnectionOptions,
): Promise<{ protocol: string | null; validTo: string }> {
  const socket = connect({
    host: url.hostname,
    port: Number(url.port || 443),
    servername: url.hostname,
    ALPNProtocols: ['http/1.1'],
    timeout: timeoutMs,
    ...options,
  });
  socket.once('timeout', () => socket.destroy(new Error(`no handshake within ${timeoutMs} ms`)));
  try {
    await once(socket, 'secureConnect');
    return { protocol: socket.getProtocol(), validTo: socket.getPeerCertificate().valid_to };
  } finally {
    socket.destroy();
  }
}

/** TLS 1.3, nothing older, and a trusted certificate that lasts. */
export async function expectTls(target: Target, trust: ConnectionOptions = {}): Promise<void> {
  const { protocol, validTo } = await handshake(target, trust).catch((cause: unknown) => {
    throw new SmokeFailure(`the handshake failed: ${(cause as Error).message}`, { cause });
  });
  expectThat(protocol === 'TLSv1.3', `it speaks ${protocol} where it could speak TLSv1.3`);
  const days = Math.floor((Date.parse(validTo) - Date.now()) / dayMs);
  expectThat(
    days >= certificateDaysMin,
    `the certificate ends in ${days} days; it was not renewed`,
  );
  const older = await handshake(target, {
    ...trust,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.2',
  }).then(
    () => true,
    () => false,
  );
  expectThat(!older, 'it still accepts TLS 1.2');
}

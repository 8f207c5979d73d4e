import type { Docker } from './docker.ts';
import { CommandError } from '../../supervisor/command-error.ts';

/** The digest the registry gave an image: the only name by which it is the same everywhere. */
export async function pushImage(
  docker: Docker,
  image: { readonly name: string; readonly tag: string },
  registry: string,
): Promise<string> {
  const version = image.tag.slice(image.tag.lastIndexOf(':') + 1);
  const target = `${registry}/${image.name}:${version}`;
  await docker.run(['tag', image.tag, target]);
  await docker.run(['push', target]);
  const found = await docker.run([
    'image',
    'inspect',
    '--format',
    '{{range .RepoDigests}}{{println .}}{{end}}',
    target,
  ]);
  const prefix = `${registry}/${image.name}@`;
  const digest = found.split('\n').find((reference) => reference.startsWith(prefix));
  if (digest !== undefined) return digest.slice(prefix.length).trim();
  throw new CommandError(
    `${target} was pushed, but the engine knows no digest of it.`,
    'see what the registry stored and push again',
  );
}

/**
 * Who may sign images: the pipeline's workflow on the main branch, known by the token its runner is
 * issued for each run. There is no signing key to keep or to leak; every signature is in the public log.
 */
export const signedBy = {
  issuer: 'https://token.actions.githubusercontent.com',
  subject: 'https://github.com/maxai-io/platform/.github/workflows/release.yaml@refs/heads/main',
  transparencyLog: 'https://rekor.sigstore.dev',
} as const;

/** The actions of others that the workflows use, each by the commit of its release. */
export const actions = {
  'actions/checkout': { commit: 'de0fac2e4500dabe0009e67214ff5f5447ce83dd', tag: 'v6.0.2' },
  'actions/setup-node': { commit: '2028fbc5c25fe9cf00d9f06a71cc4710d4507903', tag: 'v6.0.0' },
  'actions/upload-artifact': { commit: '330a01c490aca151604b8cf639adc76d48f6c5d4', tag: 'v5.0.0' },
  'actions/download-artifact': {
    commit: '018cc2cf5baa6db3ef3c5f8a56943fffe632ef53',
    tag: 'v6.0.0',
  },
  'google-github-actions/auth': {
    commit: '7c6bc770dae815cd3e89ee6cdf493a5fab2cc093',
    tag: 'v3.0.0',
  },
  'google-github-actions/setup-gcloud': {
    commit: 'aa5489c8933f4cc7a4f7d45035b3b1440c9c10db',
    tag: 'v3.0.1',
  },
  'aws-actions/configure-aws-credentials': {
    commit: '00943011d9042930efac3dcd3a170e4273319bc8',
    tag: 'v5.1.0',
  },
  'sigstore/cosign-installer': {
    commit: 'faadad0cce49287aee09b3a48701e75088a2c6ad',
    tag: 'v4.0.0',
  },
  'aquasecurity/setup-trivy': {
    commit: '3fb12ec12f41e471780db15c232d5dd185dcb514',
    tag: 'v0.2.6',
  },
} as const;

export type ActionName = keyof typeof actions;

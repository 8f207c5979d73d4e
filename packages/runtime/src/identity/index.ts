export { createIdentitySigner, type IdentitySigner } from './identity-signer.ts';
export {
  createIdentityVerifier,
  identityHeader,
  type IdentityVerifier,
} from './identity-verifier.ts';

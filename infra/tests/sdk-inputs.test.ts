import { describe, expect, it } from 'vitest';
import { inputsOf } from './sdk-inputs.ts';

describe('inputsOf', () => {
  it('reads the inputs of a type from the SDK, whatever the case of its file', () => {
    expect(inputsOf('gcp:redis/instance:Instance')).toContain('labels');
    expect(inputsOf('gcp:compute/sSLPolicy:SSLPolicy')).toContain('minTlsVersion');
    expect(inputsOf('aws:rds/instance:Instance')).toContain('tags');
  });

  it('throws for a type the cloud does not have', () => {
    expect(() => inputsOf('gcp:redis/cluter:Cluter')).toThrow('gcp has no resource type');
  });
});

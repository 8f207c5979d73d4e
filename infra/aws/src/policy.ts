import { jsonStringify, type Input, type Output } from '@pulumi/pulumi';

export type Statement = {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource?: Input<string> | readonly Input<string>[];
  readonly Principal?: Readonly<Record<string, Input<string>>> | '*';
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Input<string>>>>>;
};

/** A policy document as AWS reads it. */
export function policy(statements: readonly Statement[]): Output<string> {
  return jsonStringify({ Version: '2012-10-17', Statement: statements });
}

/** Lets a service of AWS act as a role. */
export function trustService(service: string): Output<string> {
  return policy([
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: `${service}.amazonaws.com` },
    },
  ]);
}

import { Config, getStack } from '@pulumi/pulumi';
import { platform } from '@maxai/topology/platform';
import { awsProgram } from './src/aws-program.ts';
import { readAwsSettings } from './src/settings.ts';

export const outputs = awsProgram(platform, getStack(), readAwsSettings(new Config()));

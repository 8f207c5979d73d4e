import { Config, getStack } from '@pulumi/pulumi';
import { platform } from '@maxai/topology/platform';
import { readGcpSettings } from './src/settings.ts';
import { gcpProgram } from './src/gcp-program.ts';

export const outputs = gcpProgram(platform, getStack(), readGcpSettings(new Config()));

import type * as ec2 from '@pulumi/aws/ec2/index.js';
import * as efs from '@pulumi/aws/efs/index.js';
import * as iam from '@pulumi/aws/iam/index.js';
import type { WebApp } from '@maxai/topology/model';
import { pagesFolder, pagesOwner } from '@maxai/topology/shared-pages';
import type { AwsStack } from './aws-stack.ts';
import type { Keys } from './keys.ts';
import type { Network } from './network.ts';
import { policy } from './policy.ts';
import { createSecurityGroup } from './security-group.ts';

const nfsPort = 2049;

type Parts = {
  readonly network: Network;
  readonly keys: Keys;
  /** Who may mount it, and from where. */
  readonly role: iam.Role;
  readonly wall: ec2.SecurityGroup;
};

function createFileSystem(stack: AwsStack, app: WebApp, { network, keys, wall }: Parts) {
  const { target, within, tags } = stack;
  const charge = { service: app.name, owner: app.owner, costCentre: app.costCentre };
  const name = `${app.name}-pages`;
  const files = new efs.FileSystem(
    name,
    { encrypted: true, kmsKeyId: keys.key.arn, tags: { ...tags(charge), Name: name } },
    within,
  );
  const door = createSecurityGroup(stack, network, name, {
    ingress: [{ port: nfsPort, groups: [wall.id] }],
    talks: false,
    charge,
  });
  const targets = network.nodes
    .slice(0, target.zones.length)
    .map(
      (subnet, index) =>
        new efs.MountTarget(
          `${name}-${index}`,
          { fileSystemId: files.id, subnetId: subnet.id, securityGroups: [door.id] },
          within,
        ),
    );
  const owner = { uid: pagesOwner, gid: pagesOwner };
  const access = new efs.AccessPoint(
    name,
    {
      fileSystemId: files.id,
      posixUser: owner,
      rootDirectory: {
        path: `/${app.name}`,
        creationInfo: { ownerUid: owner.uid, ownerGid: owner.gid, permissions: '0700' },
      },
      tags: tags(charge),
    },
    within,
  );
  return { files, access, targets };
}

/** A file system that every instance of an app mounts, because an instance's own disk ends with it. */
export function sharePages(stack: AwsStack, app: WebApp, parts: Parts) {
  if (!app.sharesPages) return { volumes: [], mountPoints: [], mountable: [] };
  const { files, access, targets } = createFileSystem(stack, app, parts);
  new iam.RolePolicy(
    `${app.name}-pages`,
    {
      role: parts.role.id,
      policy: policy([
        {
          Effect: 'Allow',
          Action: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
          Resource: files.arn,
          Condition: { StringEquals: { 'elasticfilesystem:AccessPointArn': access.arn } },
        },
      ]),
    },
    stack.within,
  );
  return {
    volumes: [
      {
        name: 'pages',
        efsVolumeConfiguration: {
          fileSystemId: files.id,
          transitEncryption: 'ENABLED',
          authorizationConfig: { accessPointId: access.id, iam: 'ENABLED' },
        },
      },
    ],
    mountPoints: [{ sourceVolume: 'pages', containerPath: pagesFolder, readOnly: false }],
    mountable: targets,
  };
}

import * as ec2 from '@pulumi/aws/ec2/index.js';
import * as iam from '@pulumi/aws/iam/index.js';
import * as lb from '@pulumi/aws/lb/index.js';
import type * as route53 from '@pulumi/aws/route53/index.js';
import * as ssm from '@pulumi/aws/ssm/index.js';
import { n8nHost } from '@maxai/topology/entry-names';
import { n8nPort } from '@maxai/topology/n8n-variables';
import { required } from '@maxai/topology/required';
import type { AwsStack } from './aws-stack.ts';
import { createInternalBalancer } from './internal-balancer.ts';
import type { Keys } from './keys.ts';
import { createN8nContainer, n8nCharge as charge } from './n8n-container.ts';
import { n8nUserData } from './n8n-machine.ts';
import type { Network } from './network.ts';
import { createAlias, createCertificate } from './public-names.ts';
import { createSecurityGroup } from './security-group.ts';
import type { Identities, SecretVault } from './secrets.ts';
import { createVpn } from './vpn.ts';

const image = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';
const managed = 'arn:aws:iam::aws:policy';

/** Its role reads its two secrets; AWS's own policies let it pull images and be looked after. */
function instanceProfile({ within, tags }: AwsStack, identities: Identities): iam.InstanceProfile {
  const role = identities.role('n8n');
  for (const name of ['AmazonEC2ContainerRegistryPullOnly', 'AmazonSSMManagedInstanceCore']) {
    new iam.RolePolicyAttachment(
      `n8n-${name}`,
      { role: role.name, policyArn: `${managed}/${name}` },
      within,
    );
  }
  return new iam.InstanceProfile('n8n', { role: role.name, tags: tags(charge) }, within);
}

function createMachine(
  stack: AwsStack,
  network: Network,
  { key }: Keys,
  identities: Identities,
  wall: ec2.SecurityGroup,
): ec2.Instance {
  const { sizing, within, tags } = stack;
  const [subnet] = network.store('n8n');
  return new ec2.Instance(
    'n8n',
    {
      ami: ssm.getParameterOutput({ name: image }, within).value,
      instanceType: sizing.n8n.type,
      subnetId: required(subnet, 'No subnet for n8n').id,
      vpcSecurityGroupIds: [wall.id],
      associatePublicIpAddress: false,
      iamInstanceProfile: instanceProfile(stack, identities).name,
      metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1 },
      rootBlockDevice: {
        volumeType: 'gp3',
        volumeSize: 50,
        encrypted: true,
        kmsKeyId: key.arn,
        tags: tags(charge),
      },
      userData: n8nUserData(stack),
      userDataReplaceOnChange: true,
      disableApiTermination: stack.protected,
      monitoring: true,
      tags: { ...tags(charge), Name: 'n8n' },
    },
    // A newer image of the operating system is taken when the machine is replaced, not whenever there is one.
    { ...within, ignoreChanges: ['ami'] },
  );
}

/** What may reach the entry: people through the VPN, and the cluster. */
function createWalls(stack: AwsStack, network: Network, keys: Keys) {
  const vpn = createVpn(stack, network, keys);
  const entry = createSecurityGroup(stack, network, 'n8n-entry', {
    ingress: [
      {
        port: 443,
        groups: [vpn.id],
        cidrs: network.nodes.map(({ cidrBlock }) => cidrBlock.apply(String)),
      },
    ],
    talks: true,
    charge,
  });
  const wall = createSecurityGroup(stack, network, 'n8n', {
    ingress: [{ port: n8nPort, groups: [entry.id] }],
    talks: true,
    charge,
  });
  return { entry, wall };
}

/** n8n on a machine or in a container, as the environment says; either way behind the same private entry. */
export function createN8n(
  stack: AwsStack,
  network: Network,
  keys: Keys,
  identities: Identities,
  zone: route53.Zone,
  vault: SecretVault,
): void {
  const { environment, target, within, tags } = stack;
  const onMachine = environment.n8n.host === 'dedicated VM';
  const { entry, wall } = createWalls(stack, network, keys);
  const host = n8nHost(environment);
  const { balancer, listener } = createInternalBalancer(stack, 'n8n', {
    subnets: network.store('n8n'),
    wall: entry,
    certificateArn: createCertificate(stack, zone, 'n8n', [host], target.region),
    charge,
    // The editor keeps a connection open for what runs.
    idleTimeoutSeconds: 3600,
  });
  const targets = new lb.TargetGroup(
    'n8n',
    {
      name: 'n8n',
      vpcId: network.vpc.id,
      targetType: onMachine ? 'instance' : 'ip',
      protocol: 'HTTP',
      port: n8nPort,
      healthCheck: { path: '/healthz', matcher: '200' },
      tags: tags(charge),
    },
    within,
  );
  const rule = new lb.ListenerRule(
    'n8n',
    {
      listenerArn: listener.arn,
      priority: 1,
      actions: [{ type: 'forward', targetGroupArn: targets.arn }],
      conditions: [{ hostHeader: { values: [host] } }],
      tags: tags(charge),
    },
    within,
  );
  createAlias(stack, zone, host, { name: balancer.dnsName, zoneId: balancer.zoneId });
  if (onMachine) {
    const machine = createMachine(stack, network, keys, identities, wall);
    new lb.TargetGroupAttachment(
      'n8n',
      { targetGroupArn: targets.arn, targetId: machine.id, port: n8nPort },
      within,
    );
  } else {
    createN8nContainer(stack, { network, keys, identities, vault, wall, targets, rule });
  }
}

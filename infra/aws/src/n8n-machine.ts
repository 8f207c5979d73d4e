import { n8nEnvironmentFile, n8nPort } from '@maxai/topology/n8n-variables';
import type { AwsStack } from './aws-stack.ts';

/** Writes n8n's environment to memory; its secrets come from the store at every start and rest nowhere. */
function environmentScript({ environment, target }: AwsStack): string {
  return `set -euo pipefail
umask 077
export AWS_DEFAULT_REGION=${target.region}
read_secret() {
  aws secretsmanager get-secret-value --secret-id "$1" --query SecretString --output text
}
cat > /run/n8n.env <<END
${n8nEnvironmentFile(environment)}
END
aws ecr get-login-password | docker login --username AWS --password-stdin ${target.registry.split('/')[0]}
`;
}

/** What the machine does when it starts: run n8n as one unit, and again when it stops. */
export function n8nUserData(stack: AwsStack): string {
  const { image } = stack.settings.n8n;
  return `#!/bin/bash
set -euo pipefail
dnf install -y docker
install -d -m 0700 /opt/n8n
cat > /opt/n8n/environment.sh <<'SCRIPT'
${environmentScript(stack)}SCRIPT
cat > /etc/systemd/system/n8n.service <<'UNIT'
[Unit]
Description=n8n
Wants=network-online.target
After=network-online.target docker.service
Requires=docker.service

[Service]
ExecStartPre=/bin/bash /opt/n8n/environment.sh
ExecStartPre=-/usr/bin/docker rm -f n8n
ExecStart=/usr/bin/docker run --rm --name n8n --env-file /run/n8n.env -p ${n8nPort}:${n8nPort} ${image}
ExecStop=/usr/bin/docker stop -t 60 n8n
Restart=always
RestartSec=5

[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --now docker.service n8n.service
`;
}

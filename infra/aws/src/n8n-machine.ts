import { n8nHost } from '@maxai/topology/entry-names';
import { dataHost } from '@maxai/topology/render/kubernetes/platform-components';
import type { AwsStack } from './aws-stack.ts';

/** The port n8n listens on inside; the load balancer before it speaks HTTPS. */
export const n8nPort = 5678;

/** Writes n8n's environment to memory; its secrets come from the store at every start and rest nowhere. */
function environmentScript({ environment, target }: AwsStack): string {
  const host = n8nHost(environment);
  return `set -euo pipefail
umask 077
export AWS_DEFAULT_REGION=${target.region}
read_secret() {
  aws secretsmanager get-secret-value --secret-id "$1" --query SecretString --output text
}
cat > /run/n8n.env <<END
N8N_ENCRYPTION_KEY=$(read_secret n8n-encryption-key)
N8N_HOST=${host}
N8N_PORT=${n8nPort}
N8N_PROTOCOL=https
N8N_PROXY_HOPS=1
N8N_EDITOR_BASE_URL=https://${host}/
WEBHOOK_URL=https://${host}/
N8N_DIAGNOSTICS_ENABLED=false
DB_TYPE=postgresdb
DB_POSTGRESDB_HOST=${dataHost(environment, 'postgres')}
DB_POSTGRESDB_PORT=${environment.postgres.port}
DB_POSTGRESDB_DATABASE=n8n
DB_POSTGRESDB_USER=n8n
DB_POSTGRESDB_PASSWORD=$(read_secret n8n-database-password)
DB_POSTGRESDB_SSL_ENABLED=true
DB_POSTGRESDB_SSL_REJECT_UNAUTHORIZED=false
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

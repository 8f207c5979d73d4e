import { n8nEnvironmentFile, n8nPort } from '@maxai/topology/n8n-variables';
import type { GcpStack } from './gcp-stack.ts';

const readSecret = (project: string) => `read_secret() {
  curl -sf -H "Authorization: Bearer $token" \\
    "https://secretmanager.googleapis.com/v1/projects/${project}/secrets/$1/versions/latest:access" \\
    | sed -n 's/.*"data": "\\(.*\\)".*/\\1/p' | base64 -d
}`;

/** Writes n8n's environment to memory; its secrets come from the store at every start and rest nowhere. */
function environmentScript({ environment, target }: GcpStack): string {
  return `set -euo pipefail
umask 077
token=$(curl -sf -H 'Metadata-Flavor: Google' \\
  http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token \\
  | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
${readSecret(target.account)}
cat > /run/n8n.env <<END
${n8nEnvironmentFile(environment)}
END
docker-credential-gcr configure-docker --registries=${target.registry.split('/')[0]}
`;
}

function indent(text: string, spaces: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(spaces));
}

/** What a container-optimised machine does when it starts: run n8n as one unit, and again when it stops. */
export function n8nCloudConfig(stack: GcpStack): string {
  const unit = `[Unit]
Description=n8n
Wants=network-online.target
After=network-online.target docker.service

[Service]
Environment=HOME=/home/n8n
ExecStartPre=/bin/mkdir -p /home/n8n
ExecStartPre=/bin/bash /var/lib/n8n/environment.sh
ExecStartPre=-/usr/bin/docker rm -f n8n
ExecStart=/usr/bin/docker run --rm --name n8n --env-file /run/n8n.env -p ${n8nPort}:${n8nPort} ${stack.settings.n8n.image}
ExecStop=/usr/bin/docker stop -t 60 n8n
Restart=always
RestartSec=5

[Install]
WantedBy=multi-user.target
`;
  return `#cloud-config
write_files:
  - path: /var/lib/n8n/environment.sh
    permissions: '0600'
    content: |
${indent(environmentScript(stack), 6)}
  - path: /etc/systemd/system/n8n.service
    permissions: '0644'
    content: |
${indent(unit, 6)}
runcmd:
  - iptables -w -A INPUT -p tcp --dport ${n8nPort} -j ACCEPT
  - systemctl daemon-reload
  - systemctl enable --now n8n.service
`;
}

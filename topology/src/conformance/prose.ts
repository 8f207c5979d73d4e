/** Says what a line answers to; the line is compared letter by letter. */
type Group = { readonly why: string; readonly lines: readonly string[] };

const groups: readonly Group[] = [
  {
    why: 'About the document itself: dates, versions, references',
    lines: [
      '**Version**: 1.0',
      '**Last Updated**: 2025-10-20',
      '- [System Overview](./system-overview.md) - High-level architecture',
      '- [Container Architecture](./container-architecture.md) - All services',
      '| 2025-10-20 | 1.0 | Initial deployment architecture | — |',
      '**Related Issues**: #148',
      '**Spec Tracker**: ops/tracker/specs/ARCH-DOC-01.md',
    ],
  },
  {
    why: 'Headings of the bullets under them',
    lines: ['- **Production**:'],
  },
  {
    why: 'Values of an example: its fields are what the tests of the logger assert',
    lines: ['"timestamp": "2025-10-20T12:00:00Z",', '"status": 201,', '"duration_ms": 45'],
  },
  {
    why: 'Development is the same servers as local processes; compose.yaml has them as containers',
    lines: ['- **Development**: Docker container (local)', '- **Development**: Docker container'],
  },
  {
    why: 'Behaviour without a number: tests of the code, of the rendered objects and of the pipeline prove it',
    lines: [
      '- Edge caching for static assets',
      '- ISR (Incremental Static Regeneration) for dynamic pages',
      '- **Internal**: mTLS between services (optional, via service mesh)',
      '- Namespace isolation (no cross-namespace communication without explicit rules)',
      '- Egress filtering (allow only approved external endpoints)',
      '- Session data (JWT verification bypass)',
      '- Feature flags (reduce IAM load)',
      '- Rate limits (prevent DB queries)',
      '- Static assets (images, fonts, JS/CSS)',
      '- API responses (short TTL for public endpoints)',
      '- Deploy new version alongside old',
      '- Monitor metrics (error rate, latency)',
      '- Run migrations before deployment',
      '- Backward-compatible changes only',
      '- Multi-step migrations for breaking changes',
      '- Request rate (req/sec)',
      '- Error rate (errors/sec, %)',
      '- Saturation (CPU, memory, disk)',
      '- Active tenants',
      '- Active clients',
      '- API calls by endpoint',
      '- Webhook events processed',
      '- LLM token usage',
      '- Encrypted backups in separate storage',
      '- Access logs audited',
      '- Git (source of truth)',
      '- Kubernetes node pools (committed use discounts)',
    ],
  },
  {
    why: 'Procedures: drills rehearse and time them',
    lines: [
      '1. **Immediate**: Switch load balancer to previous deployment (< 5 min)',
      '2. **Database**: Restore from backup if schema change (15-30 min)',
      '3. **Validation**: Run smoke tests on rolled-back version',
      '4. **Incident Report**: Post-mortem within 24h',
      '1. **Region Outage**: Failover to secondary region (manual)',
      '2. **Database Corruption**: Restore from backup (automated)',
      '3. **Data Loss**: Point-in-time recovery (automated)',
      '4. **Security Breach**: Isolate compromised services, rotate secrets',
    ],
  },
  {
    why: 'Numbers that are kept where they are used and asserted there: metrics, registries, commitments',
    lines: [
      '- Latency (P50, P95, P99)',
      '- Docker images in registry (retained 90 days)',
      '- Database instances (1-year commitment for 30% savings)',
    ],
  },
];

/** Every statement of the document that no fact of the model answers to. */
export const prose: ReadonlySet<string> = new Set(groups.flatMap(({ lines }) => lines));

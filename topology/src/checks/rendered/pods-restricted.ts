import type { Finding, RenderedCheck } from '../finding.ts';
import {
  objectPath,
  originFile,
  podTemplateOf,
  type Container,
  type PodTemplate,
} from './rendered-fields.ts';

type Rule = readonly [reason: string, fix: string, holds: (context: Security) => boolean];
type Security = NonNullable<Container['securityContext']>;

const rules: readonly Rule[] = [
  ['may run as root', 'runAsNonRoot: true', ({ runAsNonRoot }) => runAsNonRoot === true],
  [
    'may use every system call',
    'seccompProfile.type: RuntimeDefault',
    ({ seccompProfile }) => seccompProfile?.type === 'RuntimeDefault',
  ],
  [
    'may gain privileges',
    'allowPrivilegeEscalation: false',
    ({ allowPrivilegeEscalation }) => allowPrivilegeEscalation === false,
  ],
  [
    'may write to its image',
    'readOnlyRootFilesystem: true',
    ({ readOnlyRootFilesystem }) => readOnlyRootFilesystem === true,
  ],
  [
    'keeps capabilities',
    'capabilities.drop: [ALL]',
    ({ capabilities }) => capabilities?.drop?.includes('ALL') === true,
  ],
];

function problems({ spec }: PodTemplate): Pick<Finding, 'reason' | 'fix'>[] {
  const ofContainers = [...spec.containers, ...(spec.initContainers ?? [])].flatMap((container) => {
    const context = { ...spec.securityContext, ...container.securityContext };
    return rules
      .filter(([, , holds]) => !holds(context))
      .map(([reason, fix]) => ({
        reason: `Container ${container.name} ${reason}`,
        fix: `Set securityContext.${fix}`,
      }));
  });
  return spec.automountServiceAccountToken === false
    ? ofContainers
    : [
        ...ofContainers,
        {
          reason: 'Its pods carry a token of the API server that they do not need',
          fix: 'Set automountServiceAccountToken: false',
        },
      ];
}

/** Every pod meets Pod Security `restricted`, on a read-only root and without a token. */
export const podsRestricted: RenderedCheck = (_target, objects) =>
  objects.flatMap((rendered) => {
    const pod = podTemplateOf(rendered.object);
    return pod === undefined
      ? []
      : problems(pod).map(({ reason, fix }) => ({
          check: 'pods-restricted',
          file: originFile(rendered),
          declaration: objectPath(rendered.object),
          reason,
          fix,
        }));
  });

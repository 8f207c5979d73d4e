import type { KubernetesObject } from './rendered-object.ts';

export type SleepPatch = {
  readonly target: { readonly group: string; readonly kind: string };
  /** A JSON patch, RFC 6902, as text. */
  readonly patch: string;
};

type SleepInfoData = {
  readonly metadata: KubernetesObject['metadata'];
  readonly spec: {
    /** As cron counts them, `1-5`. */
    readonly weekdays: string;
    /** `HH:MM` in the time zone. */
    readonly sleepAt: string;
    readonly wakeUpAt: string;
    readonly timeZone: string;
    readonly suspendDeployments: boolean;
    readonly suspendStatefulSets: boolean;
    readonly suspendCronJobs: boolean;
    readonly patches: readonly SleepPatch[];
  };
};

const timePattern = /^([01]\d|2[0-3]):[0-5]\d$/;
const weekdaysPattern = /^[0-6](-[0-6])?$/;

/** kube-green's `SleepInfo`, of which no package has a model: the fields of its definition, checked as it checks them. */
export class SleepInfo {
  readonly #data: SleepInfoData;

  constructor(data: SleepInfoData) {
    this.#data = data;
  }

  /** Throws an error that names the field and what it must be. */
  validate(): void {
    const { weekdays, sleepAt, wakeUpAt, timeZone } = this.#data.spec;
    for (const [field, time] of Object.entries({ sleepAt, wakeUpAt })) {
      if (!timePattern.test(time)) throw new Error(`spec.${field} must be HH:MM, not ${time}`);
    }
    if (!weekdaysPattern.test(weekdays)) {
      throw new Error(`spec.weekdays must be days as cron counts them, not ${weekdays}`);
    }
    if (!Intl.supportedValuesOf('timeZone').includes(timeZone)) {
      throw new Error(`spec.timeZone must be an IANA name, not ${timeZone}`);
    }
  }

  toJSON(): KubernetesObject {
    return { apiVersion: 'kube-green.com/v1alpha1', kind: 'SleepInfo', ...this.#data };
  }
}

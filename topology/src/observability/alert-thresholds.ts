/** The thresholds of the deployment document; alerts ring at them, and a new version is judged by the critical ones. */
export const alertThresholds = {
  errorPercentCritical: 5,
  errorMinutesCritical: 5,
  latencySecondsCritical: 1,
  latencyMinutesCritical: 5,
  diskPercentCritical: 90,
  errorPercentWarning: 1,
  errorMinutesWarning: 10,
  latencySecondsWarning: 0.5,
  latencyMinutesWarning: 10,
  /** Requests a second below which a ratio of a few requests says nothing. */
  requestsPerSecondMin: 0.05,
} as const;

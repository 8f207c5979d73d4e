/** Which traces are kept once they are complete; nothing is thrown away before. */
export const samplingPolicy = {
  /** Of the traces with an error in any span. */
  errorsPercent: 100,
  /** Of the others. */
  successesPercent: 10,
  /** How long a trace may take to come in before it is decided on. */
  decisionWaitSeconds: 10,
  /** Traces held while they are undecided. */
  undecidedTracesMax: 50_000,
  /** Decisions remembered for spans that come later. */
  decisionsRemembered: 200_000,
} as const;

/** What a verb is given beside its arguments. */
export interface VerbContext {
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal
}

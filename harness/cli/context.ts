/** What a verb gets besides its arguments. */
export interface VerbContext {
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal
}

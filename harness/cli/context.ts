/** What a verb gets besides its arguments. */
export interface VerbContext {
  /** Aborted on Ctrl-C, SIGTERM, and SIGHUP when a terminal is closed. */
  readonly signal: AbortSignal
}

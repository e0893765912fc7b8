/** Nanoseconds of the machine's clock, but for `window`. */
export interface LiveLimits {
  /** After this without its marker, a road counts as dead. */
  readonly marker: number
  /** For hosts to answer again after something happened to them. */
  readonly settle: number
  /** The least lateness that is learned, and the most. */
  readonly leastLateness: number
  readonly mostLateness: number
  /** Packets that may be on their way before markers are waited for. */
  readonly window: number
}

export const LIMITS: LiveLimits = {
  marker: 2e9,
  settle: 30e9,
  leastLateness: 20e6,
  mostLateness: 5e9,
  window: 512,
}

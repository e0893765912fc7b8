/** Nanoseconds of the machine's clock, except `window`. */
export interface LiveLimits {
  /** How long a road may be without its marker before it counts as dead. */
  readonly marker: number
  /** How long hosts may take to answer again after something happened to them. */
  readonly settle: number
  /** The limits of the lateness that is learned. */
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

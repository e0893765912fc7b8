import type { FrameColumns } from './frames.ts'

/** What a port heard and missed since it was opened. */
export interface PortStats {
  /** Frames handed on. */
  readonly heard: number
  /** Frames that the capture lost, by its own count: with any, what is missing was not dropped for sure. */
  readonly missed: number
  /** Frames that were no IP, so that they say nothing. */
  readonly foreign: number
}

/**
 * What a live target sends and hears by: two arms a host, numbered host index * 2 + side, side 0 that of clients and 1 that of
 * servers. Both ways IP datagrams travel, in columns: link headers (and what an encapsulation adds) are the port's own business.
 */
export interface Port extends AsyncDisposable {
  /** Bytes of the largest datagram that it can send. */
  readonly largest: number
  /** Sends frames[from, to) in order, each at its arm; resolved when the columns may be used again. Throws ERR_PORT. */
  send(frames: FrameColumns, from: number, to: number): Promise<void>
  /**
   * Frames heard from here on go to this one, in the order in which each arm heard them; never its own. The columns are valid
   * until it returns. `failed`: the port can no longer be used, and why.
   */
  listen(heard: (frames: FrameColumns) => void, failed: (error: Error) => void): void
  stats(): Promise<PortStats>
}

/** Nanoseconds of a clock that all processes of a machine share and that never steps. */
export function monotonicNow(): number {
  const [seconds, nanos] = process.hrtime()
  return seconds * 1e9 + nanos
}

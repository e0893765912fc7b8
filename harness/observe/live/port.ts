import type { FrameColumns } from './frames.ts'

/** What a port has heard and missed since it was opened. */
export interface PortStats {
  /** Frames passed on. */
  readonly heard: number
  /** Frames that the capture lost, by its own count: if there are any, missing packets were not certainly dropped. */
  readonly missed: number
  /** Frames that are not IP, and mean nothing. */
  readonly foreign: number
}

/**
 * How a live target sends and hears: two arms for each host, numbered host index * 2 + side, side 0 for clients and 1 for
 * servers. Both ways carry IP datagrams, in columns; link headers (and encapsulations) are internal to the port.
 */
export interface Port extends AsyncDisposable {
  /** Bytes of the largest datagram that it can send. */
  readonly largest: number
  /** Sends frames[from, to) in order, each at its arm; resolves when the columns may be used again. Throws ERR_PORT. */
  send(frames: FrameColumns, from: number, to: number): Promise<void>
  /**
   * From now on frames are passed to `heard`, in the order in which each arm heard them; never the port's own. The columns are valid
   * until it returns. `failed`: called with the reason if the port cannot be used any more.
   */
  listen(heard: (frames: FrameColumns) => void, failed: (error: Error) => void): void
  stats(): Promise<PortStats>
}

/** Nanoseconds of a clock that all processes of a machine share and that never steps. */
export function monotonicNow(): number {
  const [seconds, nanos] = process.hrtime()
  return seconds * 1e9 + nanos
}

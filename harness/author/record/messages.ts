/** What the recorder is told on its command line, as JSON. */
export interface RecorderOptions {
  readonly device: string
  readonly out: string
  readonly filter: string
  /** Bytes of a frame that are kept at most. */
  readonly snapLength: number
  readonly packets?: number
  /** Of frames, as they are kept. */
  readonly bytes?: number
  /** Flows, of which the first are kept, and packets of no other. */
  readonly flows?: number
  /** Milliseconds. */
  readonly time?: number
}

/** Why a recording ended. */
export type Ending = 'stopped' | 'packets' | 'bytes' | 'flows' | 'time'

export interface Progress {
  readonly packets: number
  readonly bytes: number
  /** Frames that the kernel had no room for. */
  readonly missed: number
}

/** What the recorder tells the process that started it. */
export type RecorderMessage =
  | { readonly type: 'ready' }
  | ({ readonly type: 'progress' } & Progress)
  | ({ readonly type: 'done'; readonly ending: Ending } & Progress)
  | { readonly type: 'failed'; readonly reason: string; readonly code?: string; readonly exitCode?: number }

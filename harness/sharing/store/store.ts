/** A key-value store of sessions. */
export interface Store {
  /** For messages: `127.0.0.1:6380`. */
  readonly name: string
  /** What it holds under a key; undefined: nothing. Rejects with `StoreFailure`. */
  get(key: Uint8Array): Promise<Uint8Array | undefined>
  /** Rejects with `StoreFailure` where one of them was not taken. */
  set(entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[]): Promise<void>
  /** Removes all that was set. */
  clear(): Promise<void>
  /** Lets go of it; never rejects. */
  close(): Promise<void>
}

/** Why a store did not do what it was asked: it is not there, does not answer in time, has no room, or refuses us. */
export type FailureKind = 'down' | 'slow' | 'full' | 'unauthorised'

export class StoreFailure extends Error {
  readonly kind: FailureKind

  constructor(kind: FailureKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.kind = kind
  }
}

/** A key-value store of sessions. */
export interface Store {
  /** For messages: `127.0.0.1:6380`. */
  readonly name: string
  /** The value of a key; undefined: none. Rejects with `StoreFailure`. */
  get(key: Uint8Array): Promise<Uint8Array | undefined>
  /** Rejects with `StoreFailure` if one of them was not accepted. */
  set(entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[]): Promise<void>
  /** Removes everything that was set. */
  clear(): Promise<void>
  /** Releases it; never rejects. */
  close(): Promise<void>
}

/** Why a store failed: it is not there, does not answer in time, has no room, or refuses access. */
export type FailureKind = 'down' | 'slow' | 'full' | 'unauthorised'

export class StoreFailure extends Error {
  readonly kind: FailureKind

  constructor(kind: FailureKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.kind = kind
  }
}

import { SESSION_BYTES } from '../../model/sharing.ts'

/** The first byte of a value: the layout of the rest. */
const LAYOUT = 1
/** Bytes of a value: its layout, and the session's record. */
const VALUE_BYTES = SESSION_BYTES + 1

/** A session in its form in the store: states, windows and numbers of both directions, and when it was last seen. */
export function toValue(session: Uint8Array): Uint8Array {
  const value = new Uint8Array(VALUE_BYTES)
  value[0] = LAYOUT
  value.set(session, 1)
  return value
}

/** The session in a value; undefined if it is not one of ours. */
export function toSession(value: Uint8Array): Uint8Array | undefined {
  // A copy: values from clients are parts of a larger buffer.
  return value.length === VALUE_BYTES && value[0] === LAYOUT ? Uint8Array.from(value.subarray(1)) : undefined
}

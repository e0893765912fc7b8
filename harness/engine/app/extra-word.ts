import { APP_HIDDEN, APP_IMPORTED, APP_MASK, APP_OVER, APP_SHIFT, APP_STATE, EXTRA } from '../record.ts'
import { AppProtocol } from './app-view.ts'

/** Whether a flow with this extra word needs no more `take`: its protocol is `appProtocolOf`, and no more buffers will come. */
export function isAppOver(extra: number): boolean {
  return (extra & APP_OVER) !== 0
}

/** The `AppProtocol` of a flow with this extra word, as far as detected. */
export function appProtocolOf(extra: number): number {
  return (extra & APP_MASK) >> APP_SHIFT
}

/** Whether, for a flow with this extra word that is over, rules with content do not inspect its packets. */
export function isPayloadHidden(extra: number): boolean {
  return (extra & APP_HIDDEN) !== 0
}

/** Records that nothing will change any more; a protocol still unknown becomes `failed`. */
export function noteOver(words: Int32Array, base: number, protocol: number, hidden: boolean): void {
  const final = protocol === AppProtocol.unknown ? AppProtocol.failed : protocol
  const extra = (words[base + EXTRA] ?? 0) & ~(APP_MASK | APP_STATE | APP_IMPORTED)
  words[base + EXTRA] = extra | (final << APP_SHIFT) | APP_OVER | (hidden ? APP_HIDDEN : 0)
}

/** Records that the flow has state here, and its protocol as far as detected. */
export function noteState(words: Int32Array, base: number, protocol: number): void {
  const extra = (words[base + EXTRA] ?? 0) & ~APP_MASK
  words[base + EXTRA] = extra | (protocol << APP_SHIFT) | APP_STATE
}

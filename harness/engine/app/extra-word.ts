import { APP_HIDDEN, APP_IMPORTED, APP_MASK, APP_OVER, APP_SHIFT, APP_STATE, EXTRA } from '../record.ts'
import { AppProtocol } from './app-view.ts'

/** Whether a flow with this extra word needs no more `take`: its protocol is `appProtocolOf` and there are no more buffers. */
export function isAppOver(extra: number): boolean {
  return (extra & APP_OVER) !== 0
}

/** The `AppProtocol` of a flow with this extra word, as far as told. */
export function appProtocolOf(extra: number): number {
  return (extra & APP_MASK) >> APP_SHIFT
}

/** Whether rules with content are not asked about packets of a flow with this extra word that is over. */
export function isPayloadHidden(extra: number): boolean {
  return (extra & APP_HIDDEN) !== 0
}

/** Notes that nothing will change any more; without a known protocol there will be none. */
export function noteOver(words: Int32Array, base: number, protocol: number, hidden: boolean): void {
  const final = protocol === AppProtocol.unknown ? AppProtocol.failed : protocol
  const extra = (words[base + EXTRA] ?? 0) & ~(APP_MASK | APP_STATE | APP_IMPORTED)
  words[base + EXTRA] = extra | (final << APP_SHIFT) | APP_OVER | (hidden ? APP_HIDDEN : 0)
}

/** Notes that the flow has state here, and what it speaks as far as told. */
export function noteState(words: Int32Array, base: number, protocol: number): void {
  const extra = (words[base + EXTRA] ?? 0) & ~APP_MASK
  words[base + EXTRA] = extra | (protocol << APP_SHIFT) | APP_STATE
}

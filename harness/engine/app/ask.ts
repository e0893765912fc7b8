import type { PacketBatch, Rebuilt } from '../../model/batch.ts'
import { APP_HIDDEN, APP_MASK, APP_OVER, APP_SHIFT } from '../record.ts'
import type { AppView } from './app-view.ts'

/** What the rule stage asks of the application layer (`AppLayer` of app-layer.ts). */
export interface AppSource {
  /**
   * Takes in a packet, or the datagram that its fragment completed, and answers with what the rules may look at. To be called
   * once for each packet of a flow (`base` is its record, never -1) that reaches the rules, in order, also for those without
   * payload, except where `isAppOver`.
   * `delivered`: the tracker took the packet into the session. Not so are errors of the stream, packets of flows without
   * session, and what established sessions tolerate outside their windows; their bytes are not put together.
   */
  take(
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    words: Int32Array,
    base: number,
    toServer: boolean,
    delivered: boolean,
  ): AppView
}

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

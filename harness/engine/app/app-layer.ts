import type { PacketBatch, Rebuilt } from '../../model/batch.ts'
import { Tcp } from '../../model/codes.ts'
import { Family } from '../expiry.ts'
import {
  ACKED,
  APP_HIDDEN,
  APP_IMPORTED,
  APP_MASK,
  APP_OVER,
  APP_SHIFT,
  APP_STATE,
  CLIENT,
  EXTRA,
  FAMILY_MASK,
  Flag,
  ISN,
  RECORD_WORDS,
  SERVER,
  STATE_MASK,
  State,
} from '../record.ts'
import { type AppNeeds, AppProtocol, AppView, buffersOf } from './app-view.ts'
import { type AppSource, appProtocolOf, isPayloadHidden } from './ask.ts'
import { FlowStore } from './flow-store.ts'
import { showWindow, trim } from './inspection-window.ts'
import { Payload } from './payload.ts'
import { TcpFlow } from './tcp-flow.ts'
import { UdpFlow } from './udp-flow.ts'

/**
 * The application layer of all hosts: what flows speak and what of it rules may look at, with each packet as Suricata 7 has it
 * inline. A flow's state begins with its first payload; its extra word says what became of it, so that one whose entry
 * was opened anew starts anew.
 */
export class AppLayer implements AppSource {
  readonly #needs: AppNeeds
  readonly #pickUp: boolean
  readonly #closesForGood: boolean
  /** Bit `1 << protocol` of protocols that are worth parsing. */
  #parses = 0
  readonly #stores: FlowStore[] = []
  readonly #view = new AppView()
  readonly #payload = new Payload()

  /**
   * `pickUp`: sessions may begin midstream (knob `continueMode`, `Settings.pickUp`); `closesForGood`: nothing of a closed session is
   * `delivered` any more, unless a RST closed it, which may turn out not to count.
   */
  constructor(needs: AppNeeds, pickUp: boolean, closesForGood: boolean) {
    this.#needs = needs
    this.#closesForGood = closesForGood
    for (let protocol: number = AppProtocol.http; protocol < AppProtocol.failed; protocol++)
      if (needs.stream || (needs.buffers & buffersOf(protocol)) !== 0) this.#parses |= 1 << protocol
    this.#pickUp = pickUp
  }

  take(
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    words: Int32Array,
    base: number,
    toServer: boolean,
    delivered: boolean,
  ): AppView {
    const view = this.#view
    const extra = words[base + EXTRA] ?? 0
    view.clear()
    view.protocol = appProtocolOf(extra)
    view.over = (extra & APP_OVER) !== 0
    view.payloadHidden = isPayloadHidden(extra)
    if (view.over) return view
    const family = extra & FAMILY_MASK
    if (family === Family.udp) this.#takeDatagram(batch, cause, host, words, base, toServer)
    else if (family === Family.tcp && ((words[base] ?? 0) & STATE_MASK) > State.bare)
      this.#takeSegment(batch, cause, host, words, base, toServer, delivered)
    return view
  }

  /** Forgets everything. */
  clear(): void {
    for (const store of this.#stores) store.clear()
  }

  #takeDatagram(
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    words: Int32Array,
    base: number,
    toServer: boolean,
  ): void {
    const payload = this.#payload
    payload.read(batch, cause)
    const store = this.#store(host)
    const id = base / RECORD_WORDS
    const known = store.find(id)
    const extra = words[base + EXTRA] ?? 0
    if ((extra & APP_STATE) !== 0 && known === undefined) {
      this.#end(words, base, this.#view.protocol)
      return
    }
    const flow = (extra & APP_STATE) !== 0 && known instanceof UdpFlow ? known : new UdpFlow()
    flow.transactions.forgetShown(Number.POSITIVE_INFINITY)
    flow.take(toServer, payload.bytes, payload.from, payload.to, payload.serverPort(toServer))
    const view = this.#view
    view.protocol = flow.protocol
    view.toServerDone = flow.clientDone
    view.toClientDone = flow.serverDone
    flow.transactions.show(view, toServer, this.#needs.buffers)
    const idle =
      flow.protocol === AppProtocol.failed ? flow.clientDone && flow.serverDone : !this.#wants(flow)
    if (idle) {
      this.#end(words, base, flow.protocol)
      store.drop(id)
    } else this.#keep(store, words, base, flow)
  }

  #takeSegment(
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    words: Int32Array,
    base: number,
    toServer: boolean,
    delivered: boolean,
  ): void {
    const payload = this.#payload
    payload.read(batch, cause)
    const store = this.#store(host)
    const id = base / RECORD_WORDS
    const extra = words[base + EXTRA] ?? 0
    const hasState = (extra & APP_STATE) !== 0
    const known = hasState ? store.find(id) : undefined
    const isData = delivered && payload.length > 0 && (payload.flags & (Tcp.syn | Tcp.rst)) === 0
    if (hasState && known === undefined) {
      this.#end(words, base, this.#view.protocol)
      return
    }
    if (known === undefined && !isData) return
    const flow = known instanceof TcpFlow ? known : this.#begin(words, base, toServer)
    if ((payload.flags & Tcp.rst) !== 0) flow.mayBeReset = true
    const view = this.#view
    const needs = this.#needs
    view.payloadHidden = flow.hidden
    flow.transactions.forgetShown(flow.parser?.openTransaction ?? 0)
    trim(toServer ? flow.toServer : flow.toClient, flow.disabled, needs.stream)
    if (delivered) this.#deliver(flow, words, base, toServer, isData)
    this.#show(flow, words, base, toServer)
    if (flow.hidden && view.added) {
      if (toServer) flow.seenToServer = true
      else flow.seenToClient = true
    }
    if (this.#endIfIdle(flow, words, base)) store.drop(id)
    else this.#keep(store, words, base, flow)
  }

  /** State about a flow that has none yet. */
  #begin(words: Int32Array, base: number, toServer: boolean): TcpFlow {
    const head = words[base] ?? 0
    const extra = words[base + EXTRA] ?? 0
    const midstream = (head & (Flag.pickedUp | Flag.pickedUpBySynAck)) === Flag.pickedUp
    const flow = new TcpFlow(this.#payload.serverPort(toServer), this.#pickUp, midstream, this.#parses)
    flow.mayBeReset = (head & Flag.special) !== 0
    flow.clientStart = ((words[base + CLIENT + ISN] ?? 0) + 1) | 0
    flow.serverStart = ((words[base + SERVER + ISN] ?? 0) + 1) | 0
    if ((extra & APP_IMPORTED) !== 0) {
      flow.awaitsClientStart = true
      flow.awaitsServerStart = true
      const protocol = appProtocolOf(extra)
      if (protocol !== AppProtocol.unknown) flow.adopt(protocol)
    }
    return flow
  }

  #deliver(flow: TcpFlow, words: Int32Array, base: number, toServer: boolean, isData: boolean): void {
    const payload = this.#payload
    const state = (words[base] ?? 0) & STATE_MASK
    if (isData && this.#reads(flow, toServer)) {
      const { bytes, from, to } = payload
      const position = flow.positionOf(toServer, payload.seq)
      if (!this.#needs.stream && flow.pass(toServer, position, bytes, from, to, state)) {
        this.#view.added = true
        return
      }
      // Where neither parser nor rules want more, Suricata calls it taken, and keeps nothing.
      if ((flow.hidden && flow.disabled) || flow.add(toServer, position, bytes, from, to))
        this.#view.added = true
    }
    const fin = state >= State.finWait1 ? 1 : 0
    flow.clientAcked = (((words[base + CLIENT + ACKED] ?? 0) - flow.clientStart) | 0) - fin
    flow.serverAcked = (((words[base + SERVER + ACKED] ?? 0) - flow.serverStart) | 0) - fin
    flow.update(toServer, state)
  }

  #show(flow: TcpFlow, words: Int32Array, base: number, toServer: boolean): void {
    const view = this.#view
    const needs = this.#needs
    const established = ((words[base] ?? 0) & STATE_MASK) >= State.established
    view.protocol = established ? flow.protocol : AppProtocol.unknown
    view.toServerDone = flow.clientDone
    view.toClientDone = flow.serverDone
    view.pending = toServer && (flow.awaitsClient || (!flow.disabled && flow.parser?.pending === true))
    if (toServer ? flow.updatedToServer : flow.updatedToClient) {
      flow.transactions.show(view, toServer, needs.buffers)
      if (toServer) flow.updatedToServer = false
      else flow.updatedToClient = false
    }
    const stream = toServer ? flow.toServer : flow.toClient
    const seen = toServer ? flow.seenToServer : flow.seenToClient
    view.lastLook = view.payloadHidden && view.added && !seen
    if (needs.stream && view.added && (!view.payloadHidden || view.lastLook)) {
      const start = toServer ? flow.clientStart : flow.serverStart
      showWindow(view, stream, (this.#payload.seq - start) | 0, this.#payload.length)
    }
  }

  /** Whether anybody is interested in bytes of that direction. */
  #reads(flow: TcpFlow, toServer: boolean): boolean {
    const seen = toServer ? flow.seenToServer : flow.seenToClient
    if (this.#needs.stream && !(flow.hidden && seen)) return true
    if (flow.disabled) return false
    if (!(toServer ? flow.clientDone : flow.serverDone) || flow.parser === undefined) return true
    return flow.parser.reads(toServer)
  }

  /** Whether rules look at buffers that a flow of this protocol may have. */
  #wants(flow: TcpFlow | UdpFlow): boolean {
    return (this.#needs.buffers & buffersOf(flow.protocol)) !== 0
  }

  /** Ends a flow's application layer where nothing more can come of it. */
  #endIfIdle(flow: TcpFlow, words: Int32Array, base: number): boolean {
    if (this.#isClosed(flow, words[base] ?? 0) && !flow.updatedToServer && !flow.updatedToClient) {
      this.#end(words, base, flow.protocol, flow.hidden)
      return true
    }
    if (!flow.settled || (this.#needs.stream && !flow.unseen)) return false
    const { parser } = flow
    const isDone = parser === undefined || !(parser.reads(true) || parser.reads(false))
    if (this.#wants(flow) && !flow.disabled && !isDone) return false
    if (flow.transactions.awaitsShowing(this.#needs.buffers)) return false
    this.#end(words, base, flow.protocol, flow.hidden)
    return true
  }

  /** Whether nothing will be delivered any more: there is no use in holding what came. */
  #isClosed(flow: TcpFlow, head: number): boolean {
    return this.#closesForGood && (head & STATE_MASK) === State.closed && !flow.mayBeReset
  }

  /** Notes in the extra word that nothing will change any more; without a known protocol there will be none. */
  #end(words: Int32Array, base: number, protocol: number, hidden = false): void {
    const final = protocol === AppProtocol.unknown ? AppProtocol.failed : protocol
    const extra = (words[base + EXTRA] ?? 0) & ~(APP_MASK | APP_STATE | APP_IMPORTED)
    words[base + EXTRA] = extra | (final << APP_SHIFT) | APP_OVER | (hidden ? APP_HIDDEN : 0)
    this.#view.over = true
  }

  #keep(store: FlowStore, words: Int32Array, base: number, flow: TcpFlow | UdpFlow): void {
    store.keep(base / RECORD_WORDS, flow)
    const extra = (words[base + EXTRA] ?? 0) & ~APP_MASK
    words[base + EXTRA] = extra | (flow.protocol << APP_SHIFT) | APP_STATE
  }

  #store(host: number): FlowStore {
    const store = this.#stores[host]
    if (store !== undefined) return store
    const fresh = new FlowStore()
    this.#stores[host] = fresh
    return fresh
  }
}

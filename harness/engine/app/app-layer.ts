import type { PacketBatch, Rebuilt } from '../../model/batch.ts'
import { Tcp } from '../../model/codes.ts'
import { Family } from '../expiry.ts'
import {
  ACKED,
  APP_IMPORTED,
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
import { type AppNeeds, AppProtocol, AppView, buffersOf, Delivery } from './app-view.ts'
import { appProtocolOf, isAppOver, isPayloadHidden, noteOver, noteState } from './extra-word.ts'
import { FlowStore } from './flow-store.ts'
import { noteEdge, showWindow, trim } from './inspection-window.ts'
import { Payload } from './payload.ts'
import { TcpFlow } from './tcp-flow.ts'
import { UdpFlow } from './udp-flow.ts'

/**
 * The application layer of all hosts: the protocol of each flow, and what of its contents rules may inspect with each packet, as Suricata 7
 * does inline. A flow's state begins with its first payload; the flow's extra word refers to it, so a reopened entry
 * starts anew.
 */
export class AppLayer {
  readonly #needs: AppNeeds
  readonly #pickUp: boolean
  readonly #closesForGood: boolean
  /** Bit `1 << protocol` for each protocol that needs a parser. */
  #parses = 0
  readonly #stores: FlowStore[] = []
  readonly #view = new AppView()
  readonly #payload = new Payload()

  /**
   * `pickUp`: sessions may begin midstream (knob `continueMode`, `Settings.pickUp`); `closesForGood`: no packet of a closed session is
   * `delivered` any more, unless it was closed by a RST, which may turn out not to count.
   */
  constructor(needs: AppNeeds, pickUp: boolean, closesForGood: boolean) {
    this.#needs = needs
    this.#closesForGood = closesForGood
    for (let protocol: number = AppProtocol.http; protocol < AppProtocol.failed; protocol++)
      if (needs.stream || (needs.buffers & buffersOf(protocol)) !== 0) this.#parses |= 1 << protocol
    // Any protocol may be spoken in a tunnel that it makes.
    this.#parses |= 1 << AppProtocol.http
    this.#pickUp = pickUp
  }

  /**
   * Processes a packet, or the datagram that its fragment completed, and returns what the rules may inspect. To be called
   * once for each packet of a flow (`base` is its record, never -1) that reaches the rules, in order, including those without
   * payload, except if `isAppOver`.
   * `delivery`, a `Delivery`: the bytes of packets that were not taken are not reassembled.
   */
  take(
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    words: Int32Array,
    base: number,
    toServer: boolean,
    delivery: number,
  ): AppView {
    const view = this.#view
    const extra = words[base + EXTRA] ?? 0
    view.clear()
    view.protocol = appProtocolOf(extra)
    view.over = isAppOver(extra)
    view.payloadHidden = isPayloadHidden(extra)
    const family = extra & FAMILY_MASK
    const hasSession = family === Family.tcp && ((words[base] ?? 0) & STATE_MASK) > State.bare
    if (view.over || !(hasSession || family === Family.udp)) return view
    const store = this.#store(host)
    const id = base / RECORD_WORDS
    const known = (extra & APP_STATE) === 0 ? undefined : store.find(id)
    if ((extra & APP_STATE) !== 0 && known === undefined) {
      this.#end(words, base, view.protocol, false)
      return view
    }
    this.#payload.read(batch, cause)
    const flow = hasSession
      ? this.#takeSegment(known, words, base, toServer, delivery)
      : this.#takeDatagram(known, toServer)
    if (flow === undefined) return view
    if (flow instanceof TcpFlow ? this.#isIdle(flow, words[base] ?? 0) : this.#isSilent(flow)) {
      this.#end(words, base, flow.protocol, flow instanceof TcpFlow && flow.hidden)
      store.drop(id)
    } else {
      store.keep(id, flow)
      noteState(words, base, flow.protocol)
    }
    return view
  }

  /** Forgets everything. */
  clear(): void {
    for (const store of this.#stores) store.clear()
  }

  #takeDatagram(known: TcpFlow | UdpFlow | undefined, toServer: boolean): UdpFlow {
    const { bytes, from, to } = this.#payload
    const flow = known instanceof UdpFlow ? known : new UdpFlow()
    flow.transactions.forgetShown(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)
    flow.take(toServer, bytes, from, to, this.#payload.serverPort(toServer))
    const view = this.#view
    view.protocol = flow.protocol
    view.toServerDone = flow.clientDone
    view.toClientDone = flow.serverDone
    flow.transactions.show(view, toServer, this.#needs.buffers)
    return flow
  }

  /** Undefined as long as the flow has no data. */
  #takeSegment(
    known: TcpFlow | UdpFlow | undefined,
    words: Int32Array,
    base: number,
    toServer: boolean,
    delivery: number,
  ): TcpFlow | undefined {
    const { length, flags } = this.#payload
    // With FIN set too, Suricata does not treat it as a SYN.
    const isSyn = (flags & (Tcp.syn | Tcp.fin)) === Tcp.syn
    const delivered = delivery !== Delivery.none
    const isData = delivered && length > 0 && !isSyn && (flags & Tcp.rst) === 0
    if (known === undefined && !isData) return undefined
    const flow = known instanceof TcpFlow ? known : this.#begin(words, base, toServer)
    if ((flags & Tcp.rst) !== 0) flow.mayBeReset = true
    const view = this.#view
    view.payloadHidden = flow.hidden
    const { openTransaction = 0, liveTransaction = openTransaction } = flow.parser ?? {}
    flow.transactions.forgetShown(openTransaction, flow.disabled ? openTransaction : liveTransaction)
    const stream = toServer ? flow.toServer : flow.toClient
    trim(stream)
    if (delivered) this.#deliver(flow, words, base, toServer, isData)
    this.#show(flow, words, base, toServer, delivery === Delivery.opening)
    noteEdge(stream, flow.disabled, this.#needs.stream)
    if (flow.hidden && view.added) {
      if (toServer) flow.seenToServer = true
      else flow.seenToClient = true
    }
    return flow
  }

  /** Creates the state of a flow that has none yet. */
  #begin(words: Int32Array, base: number, toServer: boolean): TcpFlow {
    const head = words[base] ?? 0
    const extra = words[base + EXTRA] ?? 0
    const midstream = (head & (Flag.pickedUp | Flag.pickedUpBySynAck)) === Flag.pickedUp
    const flow = new TcpFlow(this.#payload.serverPort(toServer), this.#pickUp, midstream, this.#parses)
    flow.mayBeReset = (head & Flag.special) !== 0
    flow.starts.client = ((words[base + CLIENT + ISN] ?? 0) + 1) | 0
    flow.starts.server = ((words[base + SERVER + ISN] ?? 0) + 1) | 0
    if ((extra & APP_IMPORTED) !== 0) {
      flow.starts.await()
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
      const position = flow.starts.positionOf(toServer, payload.seq)
      if (!this.#needs.stream && flow.pass(toServer, position, bytes, from, to, state)) {
        this.#view.added = true
        return
      }
      // If neither parser nor rules need more, Suricata reports the segment as added but keeps nothing.
      if ((flow.hidden && flow.disabled) || flow.add(toServer, position, bytes, from, to))
        this.#view.added = true
    }
    const fin = state >= State.finWait1 ? 1 : 0
    flow.toServer.acked = (((words[base + CLIENT + ACKED] ?? 0) - flow.starts.client) | 0) - fin
    flow.toClient.acked = (((words[base + SERVER + ACKED] ?? 0) - flow.starts.server) | 0) - fin
    flow.update(toServer, state)
  }

  #show(flow: TcpFlow, words: Int32Array, base: number, toServer: boolean, opening: boolean): void {
    const view = this.#view
    const needs = this.#needs
    const shown = !opening && ((words[base] ?? 0) & STATE_MASK) >= State.established
    view.protocol = shown ? flow.protocol : AppProtocol.unknown
    view.unshown = view.added && !shown
    view.toServerDone = flow.isDone(true)
    view.toClientDone = flow.isDone(false)
    view.pending = toServer && (flow.awaitsClient || (!flow.disabled && flow.parser?.pending === true))
    if (flow.updates.in(toServer)) {
      flow.transactions.show(view, toServer, needs.buffers)
      flow.updates.noteShown(toServer)
    }
    const stream = toServer ? flow.toServer : flow.toClient
    const seen = toServer ? flow.seenToServer : flow.seenToClient
    view.lastLook = view.payloadHidden && view.added && !seen
    if (needs.stream && view.added && shown && (!view.payloadHidden || view.lastLook)) {
      showWindow(view, stream, (this.#payload.seq - flow.starts.of(toServer)) | 0, this.#payload.length)
    }
  }

  /** Whether bytes of that direction are still needed. */
  #reads(flow: TcpFlow, toServer: boolean): boolean {
    if (flow.isInTunnel) return true
    // An error in one direction ends what is kept of the other, too.
    if (this.#needs.stream && !flow.unseen) return true
    if (flow.disabled) return false
    if (!flow.isDone(toServer) || flow.parser === undefined) return true
    // What was found while the other side spoke is shown with the next packet that a parser sees.
    return flow.parser.reads(toServer) || flow.transactions.awaitsShowing(this.#needs.buffers)
  }

  /** Whether rules inspect buffers that a flow of this protocol may have, or it may come to have another protocol. */
  #wants(flow: TcpFlow | UdpFlow): boolean {
    const isAsked = (this.#needs.buffers & buffersOf(flow.protocol)) !== 0
    return isAsked || (flow instanceof TcpFlow && flow.mayChange)
  }

  /** Whether a TCP flow can yield nothing more. `head`: the first word of its record. */
  #isIdle(flow: TcpFlow, head: number): boolean {
    // Buffered data is of no use if nothing will be delivered any more.
    const isClosed = this.#closesForGood && (head & STATE_MASK) === State.closed && !flow.mayBeReset
    if (isClosed && !flow.updates.isAny) return true
    if (!flow.settled || (this.#needs.stream && !flow.unseen)) return false
    const { parser } = flow
    const isDone = parser === undefined || !(parser.reads(true) || parser.reads(false))
    if (this.#wants(flow) && !flow.disabled && !isDone) return false
    return !flow.transactions.awaitsShowing(this.#needs.buffers)
  }

  /** Whether a UDP flow can yield nothing more. */
  #isSilent(flow: UdpFlow): boolean {
    return flow.protocol === AppProtocol.failed ? flow.clientDone && flow.serverDone : !this.#wants(flow)
  }

  #end(words: Int32Array, base: number, protocol: number, hidden: boolean): void {
    noteOver(words, base, protocol, hidden)
    this.#view.over = true
  }

  #store(host: number): FlowStore {
    const store = this.#stores[host]
    if (store !== undefined) return store
    const fresh = new FlowStore()
    this.#stores[host] = fresh
    return fresh
  }
}

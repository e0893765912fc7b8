import type { Nanos, PacketBatch } from '../../model/batch.ts'
import { Kind, Tcp } from '../../model/codes.ts'
import { FlowbreakError } from '../../support/errors.ts'

/** One thing that an endpoint does on its own, once the data that it waits for has arrived. */
export interface Action {
  /** The capture number of its packet. */
  readonly number: number
  readonly kind: 'data' | 'fin' | 'rst'
  readonly bytes: number
  /** Bytes of the other end's stream (its FIN counts as one) that must have arrived first. */
  readonly needs: number
  /** How long after that it was done in the recording. */
  readonly think: Nanos
}

/** A recorded frame that is the model for segments of its direction. */
export interface Template {
  readonly bytes: Uint8Array
  readonly link: number
  /** The tunnels that are looked into when it is read, a `Tunnels` code. */
  readonly tunnels: number
}

export interface EndScript {
  /** Number of the packet that opens this direction: the SYN, or the SYN-ACK. */
  readonly opening: number
  readonly isn: number
  readonly window: number
  /** TCP timestamp of the opening in milliseconds; undefined: the flow has none. */
  readonly timestamp: number | undefined
  readonly open: Template
  readonly data: Template
  readonly actions: readonly Action[]
}

/** What both ends of a recorded TCP flow did, without the delays of the network. */
export interface Script {
  readonly begin: Nanos
  readonly client: EndScript
  readonly server: EndScript
  /** Number of the packet that completes the handshake. */
  readonly handshakeAck: number
}

interface Draft {
  opening: number
  isn: number
  window: number
  timestamp: number | undefined
  open: Template | undefined
  data: Template | undefined
  /** Stream bytes sent so far, and when those that the other end waits for were sent. */
  sent: number
  seen: { readonly at: number; readonly time: Nanos }[]
  actions: Action[]
}

/**
 * Reads the script of a flow from its packets (all of one TCP flow, in order): what each end sent anew, after how much of the
 * other's stream, and how long it waited. ERR_REACTIVE if the flow was not recorded from its SYN, or came in fragments, which an
 * endpoint would not send again as they were.
 */
export function readScript(name: string, flow: PacketBatch): Script {
  const drafts = [newDraft(), newDraft()] as const
  let handshakeAck = 0
  let begin = 0
  for (let i = 0; i < flow.count; i++) {
    const l4 = flow.l4[i] ?? -1
    const kind = flow.kind[i]
    if (kind === Kind.fragment4 || kind === Kind.fragment6)
      throw new FlowbreakError(
        'ERR_REACTIVE',
        `Packet ${flow.number[i]} of ${name} is a fragment of the flow under test: reactive endpoints need one without fragments.`,
      )
    if (l4 < 0 || (kind !== Kind.tcp4 && kind !== Kind.tcp6)) continue
    const direction = flow.direction[i] === 0 ? 0 : 1
    const own = drafts[direction]
    const peer = drafts[1 - direction] ?? own
    const flags = flow.flags[i] ?? 0
    const number = flow.number[i] ?? 0
    const template = { bytes: flow.copyFrame(i), link: flow.link[i] ?? 0, tunnels: flow.tunnels }
    const seq = flow.view.getUint32(l4 + 4)
    if ((flags & Tcp.syn) !== 0) {
      if (own.open !== undefined) continue
      own.opening = number
      own.isn = seq
      own.window = flow.view.getUint16(l4 + 14)
      own.timestamp = timestampOf(flow, l4)
      own.open = template
      if (direction === 0) begin = flow.time[i] ?? 0
      continue
    }
    if (own.open === undefined || peer.open === undefined) continue
    if (handshakeAck === 0 && direction === 0) handshakeAck = number
    own.data ??= template
    const offset = (seq - own.isn - 1) | 0
    addActions(own, peer, flow, i, flags, number, offset)
  }
  const [client, server] = drafts.map((draft) => finish(draft))
  if (client === undefined || server === undefined || handshakeAck === 0)
    throw new FlowbreakError(
      'ERR_REACTIVE',
      `The flow under test in ${name} is not a TCP connection recorded from its SYN to beyond its opening: reactive endpoints need one.`,
    )
  return { begin, client, server, handshakeAck }
}

function newDraft(): Draft {
  return {
    opening: 0,
    isn: 0,
    window: 0,
    timestamp: undefined,
    open: undefined,
    data: undefined,
    sent: 0,
    seen: [],
    actions: [],
  }
}

/** Turns the new data of a segment into actions; data sent before (a retransmission) is skipped. */
function addActions(
  own: Draft,
  peer: Draft,
  flow: PacketBatch,
  i: number,
  flags: number,
  number: number,
  offset: number,
): void {
  const time = flow.time[i] ?? 0
  const payload = flow.payload[i] ?? 0
  const trigger = peer.seen[peer.seen.length - 1]
  const needs = peer.sent
  const before = own.seen[own.seen.length - 1]?.time ?? 0
  const think = Math.max(0, time - Math.max(trigger?.time ?? 0, before))
  const fresh = Math.min(payload, offset + payload - own.sent)
  if (fresh > 0) {
    own.actions.push({ number, kind: 'data', bytes: fresh, needs, think })
    own.sent += fresh
  }
  if ((flags & Tcp.fin) !== 0 && offset + payload === own.sent) {
    own.actions.push({ number, kind: 'fin', bytes: 0, needs, think: fresh > 0 ? 0 : think })
    own.sent += 1
  }
  if ((flags & Tcp.rst) !== 0) own.actions.push({ number, kind: 'rst', bytes: 0, needs, think })
  own.seen.push({ at: own.sent, time })
}

function finish(draft: Draft): EndScript | undefined {
  const { open, data } = draft
  if (open === undefined || data === undefined) return undefined
  return {
    opening: draft.opening,
    isn: draft.isn,
    window: draft.window,
    timestamp: draft.timestamp,
    open,
    data,
    actions: draft.actions,
  }
}

/** The sender's timestamp in the options of the segment at `l4` (RFC 7323 3.2). */
function timestampOf(flow: PacketBatch, l4: number): number | undefined {
  const { view, bytes } = flow
  const end = l4 + ((bytes[l4 + 12] ?? 0) >> 4) * 4
  for (let at = l4 + 20; at + 1 < end; ) {
    const kind = bytes[at] ?? 0
    if (kind === 0) return undefined
    if (kind === 8 && at + 10 <= end) return view.getUint32(at + 2)
    at += kind === 1 ? 1 : Math.max(2, bytes[at + 1] ?? 2)
  }
  return undefined
}

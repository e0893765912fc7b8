import { Kind } from '../../model/codes.ts'
import { parseCidr } from '../../support/cidr.ts'
import type { TimelineFlows } from '../../timeline/flows.ts'
import { findQuote, type Quote } from '../../wire/icmp.ts'
import { addressLength, destinationAt, sourceAt } from '../../wire/ip.ts'
import { type AddressChange, type EndChange, readdress } from '../../wire/readdress.ts'
import { dissectInner } from '../../wire/tunnel/enter.ts'
import type { AddressPool } from './address-pool.ts'

/** What must change on a real clock besides addresses, so that no device takes a case for an earlier one. */
export interface Disguise {
  /** The new port of a client, for TCP or UDP; absent: ports do not change. */
  port?(address: string, port: number, serverPort: number): number
  /** Added to every sequence number of one end of a flow; 32 bits. */
  offset(): number
}

type End = 'client' | 'server'

/** By `Direction`: the changes for a packet of a flow, and the changes that undo them. */
interface FlowChange {
  readonly forth: readonly [AddressChange, AddressChange]
  readonly back: readonly [AddressChange, AddressChange]
}

/**
 * The addresses of one case: each address of its capture is replaced by one that only this case has, wherever it occurs, so that the
 * packets of many cases can be told apart; the replacement can be undone.
 */
export class CaseAddresses {
  readonly #pool: AddressPool
  readonly #flows: TimelineFlows
  readonly #tunnels: number
  readonly #disguise: Disguise | undefined
  readonly #given = new Map<string, Uint8Array>()
  readonly #original = new Map<string, Uint8Array>()
  readonly #changes: (FlowChange | undefined)[] = []

  /** `tunnels`: the tunnels that are looked into, a `Tunnels` code. */
  constructor(pool: AddressPool, flows: TimelineFlows, tunnels: number, disguise?: Disguise) {
    this.#pool = pool
    this.#flows = flows
    this.#tunnels = tunnels
    this.#disguise = disguise
  }

  /** Puts the addresses of the case into a frame; `flow` (-1: none) and `direction` are those of its packet. */
  rewrite(frame: Uint8Array, link: number, flow: number, direction: number, tunnels = this.#tunnels): void {
    const change =
      flow < 0 ? this.#loose(frame, link, this.#given, true) : this.#of(flow).forth[direction & 1]
    if (change !== undefined) readdress(frame, link, change, tunnels)
  }

  /** Restores the addresses of the capture in a frame that a device passed on. */
  restore(frame: Uint8Array, link: number, flow: number, direction: number): void {
    const change = this.#back(frame, link, flow, direction)
    if (change !== undefined) readdress(frame, link, change, this.#tunnels)
  }

  /** Like `restore`, for a frame that a device made; a reset without a number of its own has sequence number zero (RFC 9293 3.10.7.1). */
  restoreEmitted(frame: Uint8Array, link: number, flow: number, direction: number, seq: number): void {
    const change = this.#back(frame, link, flow, direction)
    if (change === undefined) return
    const { seqDelta = 0, ...rest } = change
    readdress(frame, link, { ...rest, seqDelta: seq === 0 ? 0 : seqDelta }, this.#tunnels)
  }

  #back(frame: Uint8Array, link: number, flow: number, direction: number): AddressChange | undefined {
    return flow < 0 ? this.#loose(frame, link, this.#original, false) : this.#of(flow).back[direction & 1]
  }

  #of(flow: number): FlowChange {
    this.#changes[flow] ??= this.#make(flow)
    return this.#changes[flow]
  }

  #make(flow: number): FlowChange {
    const info = this.#flows.info(flow)
    const old = { client: endOf(info.client), server: endOf(info.server) }
    const disguised = this.#disguise !== undefined && (info.protocol === 'tcp' || info.protocol === 'udp')
    const end = (which: End): { fresh: EndChange; former: EndChange } => {
      const { address, port } = old[which]
      const fresh = { address: this.#addressFor(address, which) }
      if (!disguised || which === 'server' || port === undefined) return { fresh, former: { address } }
      const other = this.#disguise?.port?.(keyOf(address), port, old.server.port ?? 0) ?? port
      return { fresh: { ...fresh, port: other }, former: { address, port } }
    }
    const client = end('client')
    const server = end('server')
    const shift = () => (info.protocol === 'tcp' ? (this.#disguise?.offset() ?? 0) : 0)
    const numbers = { client: shift(), server: shift() }
    const change = (from: End, sign: 1 | -1, ends: 'fresh' | 'former'): AddressChange => {
      const to = from === 'client' ? 'server' : 'client'
      return {
        source: { client, server }[from][ends],
        destination: { client, server }[to][ends],
        seqDelta: sign * numbers[from],
        ackDelta: sign * numbers[to],
      }
    }
    return {
      forth: [change('client', 1, 'fresh'), change('server', 1, 'fresh')],
      back: [change('client', -1, 'former'), change('server', -1, 'former')],
    }
  }

  #addressFor(old: Uint8Array, end: End): Uint8Array {
    const key = keyOf(old)
    const known = this.#given.get(key)
    if (known !== undefined) return known
    const fresh = this.#pool.take(end, old.length === 4 ? 4 : 16)
    this.#given.set(key, fresh)
    this.#original.set(keyOf(fresh), old)
    return fresh
  }

  /** The change for a packet without a flow, by its addresses; undefined: it has none. */
  #loose(
    frame: Uint8Array,
    link: number,
    known: ReadonlyMap<string, Uint8Array>,
    gives: boolean,
  ): AddressChange | undefined {
    const { l3, l4, kind } = dissectInner(frame, link, this.#tunnels)
    if (l3 < 0) return undefined
    const size = addressLength(frame, l3)
    const end = (at: number, which: End): EndChange => {
      const old = frame.slice(at, at + size)
      const address = gives ? this.#addressFor(old, which) : known.get(keyOf(old))
      return address === undefined ? {} : { address }
    }
    const quote: Quote = { l3: -1, l4: -1, protocol: 0 }
    const isIcmp = l4 >= 0 && (kind === Kind.icmp4 || kind === Kind.icmp6)
    // Anybody may send an ICMP error; its ends are those of the packet in it, which went the other way.
    if (isIcmp && findQuote(frame, l4, frame.length, size === 16, quote))
      return {
        source: end(destinationAt(frame, quote.l3), 'server'),
        destination: end(sourceAt(frame, quote.l3), 'client'),
      }
    return {
      source: end(sourceAt(frame, l3), 'client'),
      destination: end(destinationAt(frame, l3), 'server'),
    }
  }
}

/** Address and port of an end in the notation of flows: `192.0.2.10:40000`, `[2001:db8::1]:80`, or an address alone. */
function endOf(text: string): { readonly address: Uint8Array; readonly port?: number } {
  const [, six, four, port] = /^(?:\[(.+)\]|([\d.]+))(?::(\d+))?$/.exec(text) ?? [undefined, text]
  const address = parseCidr(six ?? four ?? text)?.bytes
  if (address === undefined) throw new RangeError(`${text} is not an end of a flow`)
  return port === undefined ? { address } : { address, port: Number(port) }
}

function keyOf(address: Uint8Array): string {
  return address.join('.')
}

import { u16, u32 } from '../../wire/bytes.ts'
import { addressLength, sourceAt } from '../../wire/ip.ts'
import { anonymiseDns, DNS_PORTS, type DnsMaps } from './dns.ts'
import { anonymiseClientHello, isClientHello, recordLength } from './tls.ts'

/** ClientHellos that go on in later segments and are remembered. */
const MOST = 4096

/** Payload that is kept, but for the names and addresses that DNS and TLS's server name show. */
export class KeptPayload {
  readonly #maps: DnsMaps
  /** By ends: the sequence numbers of a ClientHello that did not end with its segment. */
  readonly #open = new Map<string, { readonly from: number; readonly length: number }>()

  constructor(maps: DnsMaps) {
    this.#maps = maps
  }

  /** The payload bytes[from, to) of the UDP header at `l4`. */
  udp(bytes: Uint8Array, l4: number, from: number, to: number): void {
    if (isDns(bytes, l4) && !anonymiseDns(bytes, from, to, this.#maps))
      this.#maps.filler.fill(bytes, from, to)
  }

  /** The payload bytes[from, to) of the TCP header at `l4` in the datagram at `l3`. */
  tcp(bytes: Uint8Array, l3: number, l4: number, from: number, to: number): void {
    const sequence = u32(bytes, l4 + 4)
    if (to <= from) return
    const { names, filler } = this.#maps
    if (isDns(bytes, l4)) this.#dnsOverTcp(bytes, from, to, sequence)
    else if (isClientHello(bytes, from, to)) {
      const length = recordLength(bytes, from)
      if (length > to - from) this.#remember(endsOf(bytes, l3, l4), sequence, length)
      anonymiseClientHello(bytes, from, to, sequence, names, filler)
    } else if (this.#open.size > 0) this.#rest(bytes, from, to, sequence, endsOf(bytes, l3, l4))
  }

  /** Messages behind their lengths (RFC 1035 4.2.2), where the segment holds them whole; else nothing of it stays. */
  #dnsOverTcp(bytes: Uint8Array, from: number, to: number, sequence: number): void {
    for (let at = from; at < to; ) {
      const end = at + 2 + u16(bytes, at)
      if (end > to || !anonymiseDns(bytes, at + 2, end, this.#maps)) {
        this.#maps.filler.fill(bytes, at, to, sequence + at - from)
        return
      }
      at = end
    }
  }

  #remember(ends: string, from: number, length: number): void {
    if (this.#open.size >= MOST) this.#open.clear()
    this.#open.set(ends, { from, length })
  }

  /** What of a segment belongs to a ClientHello that began in another one. */
  #rest(bytes: Uint8Array, from: number, to: number, sequence: number, ends: string): void {
    const hello = this.#open.get(ends)
    if (hello === undefined) return
    const offset = (sequence - hello.from) | 0
    if (offset < 0 || offset >= hello.length) return
    this.#maps.filler.fill(bytes, from, Math.min(to, from + hello.length - offset), sequence)
  }
}

function isDns(bytes: Uint8Array, l4: number): boolean {
  return DNS_PORTS.has(u16(bytes, l4)) || DNS_PORTS.has(u16(bytes, l4 + 2))
}

function endsOf(bytes: Uint8Array, l3: number, l4: number): string {
  const from = sourceAt(bytes, l3)
  const addresses = Buffer.from(bytes.subarray(from, from + 2 * addressLength(bytes, l3)))
  return `${addresses.toString('hex')} ${u32(bytes, l4)}`
}

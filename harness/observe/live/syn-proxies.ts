import type { PacketBatch } from '../../model/batch.ts'
import { Kind, Link, Tcp, Verdict } from '../../model/codes.ts'
import { u32 } from '../../wire/bytes.ts'
import { forgeTcp } from '../../wire/forge.ts'
import { datagramEnd } from '../../wire/ip.ts'
import { findTcpOption, TcpOption } from '../../wire/tcp-options.ts'
import { outermost } from '../../wire/tunnel/carriers.ts'
import { dissectInner } from '../../wire/tunnel/enter.ts'
import { FrameColumns } from './frames.ts'
import { heardAlone } from './heard.ts'
import { opensConnection } from './identity.ts'
import type { Offered } from './offered.ts'
import { monotonicNow, type Port } from './port.ts'
import type { SentPackets } from './sent.ts'
import { CONTROL, type Tap } from './tap.ts'
import type { Translations } from './translation.ts'

/** The state of a handshake at a device that may answer it itself. */
interface Opening {
  /** Number and datagram of the client's SYN. */
  readonly syn: number
  readonly frame: Uint8Array
  /** Of the server's SYN-ACK, once it was sent. */
  synAck: number | undefined
  /** The device's own SYN-ACK to the client. */
  answer: PacketBatch | undefined
  /** Whether the device has sent the server the client's acknowledgement. */
  acknowledged: boolean
}

/** What a heard packet is in a handshake: the device's own, or all that will come out of packet `number`. */
export type Part = { readonly number: number; readonly answer: PacketBatch } | 'own' | 'echo'

const TELLING = Tcp.fin | Tcp.syn | Tcp.rst | Tcp.ack

/**
 * The client's part if a device opens connections in place of a server (SYN proxy). Its SYN-ACK is acknowledged as the client would,
 * because only then does it send the SYN on. The device's own SYN-ACK, with other numbers, has then already come out in place of the
 * server's; the server's counts as having come out once the device tells the client the server's window.
 */
export class SynProxies {
  readonly #offered: Offered
  readonly #sent: SentPackets
  readonly #translations: Translations
  readonly #openings = new Map<number, Opening>()
  /** By flow: numbers of the server's SYN-ACKs that may be on their way. */
  readonly #synAcks = new Map<number, readonly number[]>()
  /** Acknowledgements to be sent. */
  #due: { readonly frame: Uint8Array; readonly number: number }[] = []

  constructor(offered: Offered, sent: SentPackets, translations: Translations) {
    this.#offered = offered
    this.#sent = sent
    this.#translations = translations
  }

  /** Notes packet `i`, which has just got number `number`. */
  note(batch: PacketBatch, i: number, number: number): void {
    if (!opensConnection(batch, i)) return
    const flags = (batch.flags[i] ?? 0) & TELLING
    const flow = batch.flow[i] ?? -1
    if (flags === Tcp.syn && batch.direction[i] === 0) {
      const frame = this.#offered.frameOf(number).slice()
      this.#openings.set(flow, {
        syn: number,
        frame,
        synAck: undefined,
        answer: undefined,
        acknowledged: false,
      })
    } else if (flags === (Tcp.syn | Tcp.ack) && batch.direction[i] === 1) {
      this.#synAcks.set(flow, [...this.#synAcksUnderWay(flow), number])
      const opening = this.#openings.get(flow)
      if (opening === undefined) return
      if (opening.answer === undefined && !this.#isOpen(opening.syn)) this.#openings.delete(flow)
      else opening.synAck = number
    }
  }

  /** What packet `i`, heard on `arm`, is in the handshake of its flow; undefined: nothing. */
  take(seen: PacketBatch, i: number, arm: number, way: number): Part | undefined {
    if (this.#openings.size === 0) return undefined
    const opening = this.#openings.get(way >> 1)
    const kind = seen.kind[i]
    if (opening === undefined || (kind !== Kind.tcp4 && kind !== Kind.tcp6)) return undefined
    const road = this.#sent.road[this.#sent.slot(opening.syn)] ?? -1
    const flags = (seen.flags[i] ?? 0) & TELLING
    if (seen.payload[i] !== 0) return undefined
    if (way & 1) {
      if (arm !== road) return undefined
      if (flags === (Tcp.syn | Tcp.ack)) return this.#answered(opening, seen, i, way)
      return flags === Tcp.ack ? this.#openedWindow(opening, seen, i, way) : undefined
    }
    return arm === (road ^ 1) && flags === Tcp.ack ? this.#acknowledged(opening, seen, i, way) : undefined
  }

  /** Completes the handshakes that devices have begun since the last call. */
  async acknowledge(port: Port, tap: Tap): Promise<void> {
    if (this.#due.length === 0) return
    const frames = new FrameColumns()
    const now = monotonicNow()
    for (const { frame, number } of this.#due) {
      const slot = this.#sent.slot(number)
      // Only now has the device everything that it needs to send the SYN on.
      this.#sent.at[slot] = now
      frames.append(this.#sent.road[slot] ?? 0, 0, frame, 0, frame.length)
    }
    this.#due = []
    tap.sent(frames, 0, frames.count, now, () => CONTROL)
    await port.send(frames, 0, frames.count)
  }

  clear(): void {
    this.#openings.clear()
    this.#synAcks.clear()
    this.#due = []
  }

  /** Notes that the packet was answered, which is its verdict if it does not come out. */
  #tell(number: number): void {
    const index = this.#offered.indexOf(number)
    if (index >= 0) this.#offered.tell(index, Verdict.answered)
  }

  #synAcksUnderWay(flow: number): readonly number[] {
    const numbers = this.#synAcks.get(flow) ?? []
    return numbers.filter((number) => this.#offered.indexOf(number) >= 0 && this.#isOpen(number))
  }

  #isOpen(number: number): boolean {
    return this.#sent.state[this.#sent.slot(number)] === Verdict.undecided
  }

  /** A SYN-ACK to the client before the server has sent one. */
  #answered(opening: Opening, seen: PacketBatch, i: number, way: number): Part | undefined {
    const { syn, frame, synAck, answer } = opening
    if (answer !== undefined || synAck !== undefined || !this.#isOpen(syn)) return undefined
    // It may be the server's, of which the client knows nothing yet as it sends its SYN again.
    if (this.#synAcksUnderWay(way >> 1).length > 0) return undefined
    const { tunnels } = seen
    const { l4 } = dissectInner(frame, Link.raw, tunnels)
    if (seen.ack[i] !== next(u32(frame, l4 + 4))) return undefined
    const l3 = outermost(seen, i)
    const copy = seen.bytes.slice(l3, datagramEnd(seen.bytes, l3))
    opening.answer = heardAlone(copy, seen.time[i] ?? 0, tunnels)
    this.#due.push({ frame: acknowledgementOf(frame, copy, tunnels), number: syn })
    this.#translations.any = true
    this.#tell(syn)
    return 'own'
  }

  /** An acknowledgement to the client, which the device sends when it has the server's SYN-ACK. */
  #openedWindow(opening: Opening, seen: PacketBatch, i: number, way: number): Part | undefined {
    const { synAck, answer } = opening
    if (answer === undefined || synAck === undefined) return undefined
    if (seen.seq[i] !== next(answer.seq[0] ?? 0) || seen.ack[i] !== answer.ack[0]) return undefined
    if (!this.#isOpen(synAck)) return undefined
    answer.time[0] = seen.time[i] ?? 0
    if (this.#offered.indexOf(synAck) >= 0)
      this.#translations.learn(way, this.#offered.frameOf(synAck), answer, 0)
    if (opening.acknowledged) this.#openings.delete(way >> 1)
    return { number: synAck, answer }
  }

  /** An acknowledgement to the server: the device's, or one sent in the client's name and forwarded by a device that is no proxy. */
  #acknowledged(opening: Opening, seen: PacketBatch, i: number, way: number): Part | undefined {
    const { answer, synAck } = opening
    if (answer === undefined || seen.seq[i] !== answer.ack[0]) return undefined
    if (seen.ack[i] === next(answer.seq[0] ?? 0)) return 'echo'
    if (opening.acknowledged || synAck === undefined) return undefined
    opening.acknowledged = true
    this.#tell(synAck)
    if (!this.#isOpen(synAck)) this.#openings.delete(way >> 1)
    return 'own'
  }
}

/** The next number, signed as in columns. */
function next(number: number): number {
  return (number + 1) | 0
}

/** The answer of a client that sent this SYN to this SYN-ACK. */
function acknowledgementOf(syn: Uint8Array, synAck: Uint8Array, tunnels: number): Uint8Array {
  const mine = dissectInner(syn, Link.raw, tunnels).l4
  const its = dissectInner(synAck, Link.raw, tunnels).l4
  const stamps = (bytes: Uint8Array, l4: number) =>
    findTcpOption(bytes, l4, bytes.length, TcpOption.timestamps)
  const own = stamps(syn, mine)
  const other = stamps(synAck, its)
  const timestamp =
    own < 0 || other < 0 ? undefined : { value: u32(syn, own + 2), echo: u32(synAck, other + 2) }
  return forgeTcp(
    { bytes: syn, link: Link.raw, tunnels },
    {
      flags: Tcp.ack,
      seq: next(u32(syn, mine + 4)),
      ack: next(u32(synAck, its + 4)),
      window: ((syn[mine + 14] ?? 0) << 8) | (syn[mine + 15] ?? 0),
      payload: 0,
      timestamp,
    },
  )
}

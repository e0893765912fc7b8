import type { PacketBatch } from '../../model/batch.ts'
import { Kind, Link } from '../../model/codes.ts'
import { putU16, putU32, u16, u32 } from '../../wire/bytes.ts'
import { writeTransportChecksum } from '../../wire/checksum.ts'
import { isIpv6 } from '../../wire/ip.ts'
import { Protocol } from '../../wire/numbers.ts'
import { readdress } from '../../wire/readdress.ts'
import { controlFrame } from '../control-frames.ts'
import type { ControlEnds } from './control-ends.ts'
import type { FrameColumns } from './frames.ts'

/** Length of the link header of control frames. */
const LINK = 14
/** Offset of number and road in the payload, in place of the words in other controls. */
const TOKEN = 4
const LENGTH = 17

/**
 * Controls of a live target: datagrams between ends that cannot be told from those of cases, each with its own number, so that a copy that
 * comes late is not taken for a later one. A marker that comes out proves that its road was alive when it passed.
 */
export class Markers {
  /** The number of this run: frames of another run are foreign. */
  readonly #run: number
  readonly #frames: Readonly<Record<'ipv4' | 'ipv6', readonly Uint8Array[]>>
  #next = 0

  constructor(run: number, ends: ControlEnds) {
    this.#run = run >>> 0
    this.#frames = { ipv4: framesOf('ipv4', ends), ipv6: framesOf('ipv6', ends) }
  }

  /** Adds a marker for a road (host index * 2 + direction) to the frames to be sent; returns its number. */
  append(into: FrameColumns, road: number, family: 'ipv4' | 'ipv6', ports?: number): number {
    const template = this.#frames[family][road & 1]
    if (template === undefined) return -1
    const number = this.#next++
    const n = into.append(road, 0, template, 0, template.length)
    const l3 = into.start[n] ?? 0
    const { bytes } = into
    const l4 = l3 + (isIpv6(bytes, l3) ? 40 : 20)
    if (ports !== undefined) putU16(bytes, l4 + (road & 1 ? 2 : 0), ports)
    putU32(bytes, l4 + 8, this.#run)
    putU32(bytes, l4 + 8 + TOKEN, number)
    putU16(bytes, l4 + 12 + TOKEN, road)
    writeTransportChecksum(bytes, l3, l4, l3 + template.length, Protocol.udp)
    return number
  }

  /** The number of the marker that packet `i` is; -1: it is none. */
  numberOf(batch: PacketBatch, i: number): number {
    return this.#is(batch, i) ? u32(batch.bytes, (batch.l4[i] ?? 0) + 8 + TOKEN) : -1
  }

  roadOf(batch: PacketBatch, i: number): number {
    return u16(batch.bytes, (batch.l4[i] ?? 0) + 12 + TOKEN)
  }

  #is(batch: PacketBatch, i: number): boolean {
    const kind = batch.kind[i]
    if ((kind !== Kind.udp4 && kind !== Kind.udp6) || batch.payload[i] !== LENGTH) return false
    return u32(batch.bytes, (batch.l4[i] ?? 0) + 8) === this.#run
  }
}

function framesOf(family: 'ipv4' | 'ipv6', ends: ControlEnds): readonly Uint8Array[] {
  const [client, server] = ends[family]
  const both = [
    { address: client, port: ends.clientPort },
    { address: server, port: ends.serverPort },
  ] as const
  return ([0, 1] as const).map((direction) => {
    const frame = controlFrame(family, direction, 'allowed').frame.slice(LINK)
    readdress(frame, Link.raw, { source: both[direction], destination: both[direction === 0 ? 1 : 0] })
    return frame
  })
}

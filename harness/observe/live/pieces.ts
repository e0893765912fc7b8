import type { PacketBatch } from '../../model/batch.ts'
import { putU16 } from '../../wire/bytes.ts'
import { writeIpv4Checksum } from '../../wire/checksum.ts'
import { addressLength, datagramEnd, isIpv6, sourceAt } from '../../wire/ip.ts'
import { Digest } from './digest.ts'
import { heardAlone } from './heard.ts'
import { fragmentOf } from './identity.ts'

interface Piece {
  readonly offset: number
  readonly bytes: Uint8Array
}

interface Assembly {
  readonly pieces: Piece[]
  /** Payload bytes of the datagram; -1 as long as its last piece is missing. */
  length: number
  have: number
  header: Uint8Array
  protocol: number
}

/** Most datagrams that are reassembled at a time. */
const MOST = 1024

/** Reassembles fragments that came out. */
export class Pieces {
  readonly #open = new Map<number, Assembly>()
  readonly #digest = new Digest()

  /** Takes packet `i`, a fragment heard on an arm; returns the whole datagram that it completes, alone in a batch. */
  add(seen: PacketBatch, i: number, arm: number): PacketBatch | undefined {
    const { bytes } = seen
    const l3 = seen.l3[i] ?? 0
    const { id, offset, more, body, protocol } = fragmentOf(bytes, l3)
    const at = sourceAt(bytes, l3)
    const key = this.#digest
      .begin(arm)
      .bytes(bytes, at, at + 2 * addressLength(bytes, l3))
      .word(id)
      .word(isIpv6(bytes, l3) ? 0 : protocol)
      .value()
    let assembly = this.#open.get(key)
    if (assembly === undefined) {
      if (this.#open.size >= MOST) this.#open.clear()
      assembly = { pieces: [], length: -1, have: 0, header: bytes.slice(l3, body), protocol }
      this.#open.set(key, assembly)
    }
    const piece = bytes.slice(body, datagramEnd(bytes, l3))
    if (assembly.pieces.some((each) => each.offset === offset)) return undefined
    if (offset === 0) {
      assembly.header = bytes.slice(l3, body)
      assembly.protocol = protocol
    }
    if (!more) assembly.length = offset + piece.length
    assembly.pieces.push({ offset, bytes: piece })
    assembly.have += piece.length
    if (assembly.have !== assembly.length) return undefined
    this.#open.delete(key)
    return wholeOf(assembly, seen.time[i] ?? 0, seen.tunnels)
  }

  clear(): void {
    this.#open.clear()
  }
}

/** A datagram that consists only of packet `i`, its first fragment, alone in a batch; undefined: it is not a first fragment. */
export function begunBy(batch: PacketBatch, i: number): PacketBatch | undefined {
  const { bytes } = batch
  const l3 = batch.l3[i] ?? 0
  const { offset, more, body, protocol } = fragmentOf(bytes, l3)
  if (offset > 0 || !more) return undefined
  const end = Math.min(datagramEnd(bytes, l3), (batch.start[i] ?? 0) + (batch.captured[i] ?? 0))
  const piece = bytes.slice(body, end)
  const header = bytes.slice(l3, body)
  return wholeOf(
    { pieces: [{ offset: 0, bytes: piece }], length: piece.length, have: piece.length, header, protocol },
    0,
    batch.tunnels,
  )
}

function wholeOf({ pieces, length, header, protocol }: Assembly, time: number, tunnels: number): PacketBatch {
  const six = isIpv6(header, 0)
  // Without the fragment header, which is the last one before the payload.
  const own = six ? header.slice(0, header.length - 8) : header.slice()
  const frame = new Uint8Array(own.length + length)
  frame.set(own)
  for (const { offset, bytes } of pieces) frame.set(bytes, own.length + offset)
  if (six) {
    putU16(frame, 4, frame.length - 40)
    if (own.length === 40) frame[6] = protocol
  } else {
    putU16(frame, 2, frame.length)
    putU16(frame, 6, 0)
    writeIpv4Checksum(frame, 0)
  }
  return heardAlone(frame, time, tunnels)
}

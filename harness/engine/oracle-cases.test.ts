import { readdirSync, readFileSync } from 'node:fs'
import { PacketBatch } from '../model/batch.ts'
import { Link } from '../model/codes.ts'
import { decodeBatch } from '../wire/decode.ts'
import type { OracleFrame } from './oracle-suricata.test.ts'

const CAPTURES = new URL('../../captures/', import.meta.url)

/** One replay of a capture, or of a part of it, that the oracle and the engine both see. */
export interface OracleCase {
  readonly name: string
  readonly frames: readonly OracleFrame[]
}

/** The frames of a recorded capture (classic pcap, microseconds or nanoseconds, little-endian), times from its first second on. */
export function readRecorded(name: string): OracleFrame[] {
  const file = new Uint8Array(readFileSync(new URL(name, CAPTURES)))
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const fraction = view.getUint32(0, true) === 0xa1b23c4d ? 1 : 1000
  const frames: OracleFrame[] = []
  let epoch = -1
  for (let at = 24; at < file.length; ) {
    const seconds = view.getUint32(at, true)
    if (epoch < 0) epoch = seconds
    const length = view.getUint32(at + 8, true)
    const time = (seconds - epoch) * 1e9 + view.getUint32(at + 4, true) * fraction
    frames.push({ time, bytes: file.subarray(at + 16, at + 16 + length) })
    at += 16 + length
  }
  return frames
}

/** The names of all recorded captures. */
export function recordedCaptures(): string[] {
  return readdirSync(CAPTURES).filter((name) => name.endsWith('.pcap'))
}

/** A batch of Ethernet frames, decoded. */
export function batchOf(frames: readonly OracleFrame[]): PacketBatch {
  const size = frames.reduce((sum, { bytes }) => sum + bytes.length, 0)
  const batch = new PacketBatch(frames.length, size)
  let at = 0
  for (const [index, { time, bytes }] of frames.entries()) {
    batch.bytes.set(bytes, at)
    batch.number[index] = index + 1
    batch.start[index] = at
    batch.captured[index] = bytes.length
    batch.original[index] = bytes.length
    batch.time[index] = time
    batch.link[index] = Link.ethernet
    at += bytes.length
  }
  batch.count = frames.length
  decodeBatch(batch)
  return batch
}

/** Cases of captures that hold VLAN tags themselves, in one process. */
const MOST_TAGGED = 2047
const TAGGED_FROM = 2048

/**
 * All cases as one stream in order of time, each in VLANs of its own so that none sees another's flows. Two tags in all, since
 * Suricata 7.0.10 takes the third of one packet for part of the flow of a later one that has but two.
 */
export function fold(cases: readonly OracleCase[]): { frames: OracleFrame[]; owner: number[] } {
  const all: { frame: OracleFrame; owner: number }[] = []
  const room = new Room(
    cases.reduce(
      (sum, { frames }) => frames.reduce((inner, { bytes }) => inner + bytes.length + TAGGING, sum),
      0,
    ),
  )
  let tagged = 0
  for (const [owner, { frames }] of cases.entries()) {
    const own = frames.some(({ bytes }) => bytes[12] === 0x81 && bytes[13] === 0)
    const tags = own ? [TAGGED_FROM + tagged++] : [owner >> 12, owner & 0xfff]
    for (const { time, bytes } of frames)
      all.push({ frame: { time, bytes: room.withTags(bytes, tags) }, owner })
  }
  if (tagged > MOST_TAGGED)
    throw new RangeError(`${tagged} cases with tags of their own are too many to fold`)
  all.sort((a, b) => a.frame.time - b.frame.time)
  return { frames: all.map(({ frame }) => frame), owner: all.map(({ owner }) => owner) }
}

const TAGS = [0x88a8, 0x8100] as const
/** Bytes of them. */
const TAGGING = 4 * TAGS.length

/** Frames beside each other: a buffer for each of hundreds of thousands takes longer than all else that is done with it. */
class Room {
  readonly #bytes: Buffer
  #used = 0

  constructor(size: number) {
    this.#bytes = Buffer.allocUnsafe(size)
  }

  withTags(frame: Uint8Array, tags: readonly number[]): Uint8Array {
    const from = this.#used
    const tagging = 4 * tags.length
    this.#used += frame.length + tagging
    this.#bytes.set(frame, from + tagging)
    this.#bytes.copyWithin(from, from + tagging, from + tagging + 12)
    for (const [at, id] of tags.entries()) {
      this.#bytes.writeUInt16BE(TAGS[at] ?? TAGS[1], from + 12 + 4 * at)
      this.#bytes.writeUInt16BE(id, from + 14 + 4 * at)
    }
    return this.#bytes.subarray(from, this.#used)
  }
}

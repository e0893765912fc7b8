import { EventEmitter } from 'node:events'
import pcapParser, { type GlobalHeader, type Packet, type PacketHeader } from 'pcap-parser'
import { NANOS_PER_SECOND, type PacketBatch } from '../model/batch.ts'
import type { CaptureHeader, Damage, PacketSource } from '../model/capture.ts'
import type { ByteFeed } from './byte-feed.ts'
import {
  type ClassicForm,
  cutHeader,
  cutRecord,
  FILE_HEADER,
  linkField,
  RECORD_HEADER,
  versionFault,
} from './classic.ts'
import { linkTypeOf } from './link-types.ts'
import { LARGEST_INT, lengthFault, MAX_FRAME } from './records.ts'

const MICROSECOND_LITTLE = Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1)
const MICROSECOND_BIG = Uint8Array.of(0xa1, 0xb2, 0xc3, 0xd4)

/** The stream given to pcap-parser: it receives chunks only when packets are requested, so it need not pause. */
class ChunkEmitter extends EventEmitter {
  pause(): void {}
  resume(): void {}
}

/**
 * A classic capture from a pipe, parsed by pcap-parser behind guards for what that lacks: it knows no nanoseconds (it
 * is given the microsecond magic number), accepts any length (feeding stops at the first invalid one), and does not report
 * a truncated capture (bytes are counted). Holds the packets of one chunk.
 */
export class ClassicPipeSource implements PacketSource {
  readonly name: string
  readonly header: CaptureHeader & { epoch: bigint } = { format: 'pcap', epoch: 0n }
  readonly links = new Set<string>()
  damage: Damage | undefined
  readonly #feed: ByteFeed
  readonly #form: ClassicForm
  readonly #parserInput = new ChunkEmitter()
  #link = 0
  #epochSeconds = 0
  /** Packets of the latest chunk; the first `#taken` of them are in batches. */
  #parsed: Packet[] = []
  #taken = 0
  /** Number of packets in batches. */
  #given = 0
  /** Bytes fed; and the stream offset of the current record, which has `#need` bytes. */
  #fed = 0
  #offset = 0
  #need = FILE_HEADER
  #packets = 0
  #ended = false

  constructor(name: string, feed: ByteFeed, form: ClassicForm) {
    this.name = name
    this.#feed = feed
    this.#form = form
    pcapParser
      .parse(this.#parserInput)
      .on('globalHeader', (header) => this.#onFileHeader(header))
      .on('packetHeader', (header) => this.#onPacketHeader(header))
      .on('packet', (packet) => this.#onPacket(packet))
      .on('error', (error) => this.#stop(inOurWords(error.message)))
  }

  async read(into: PacketBatch): Promise<boolean> {
    into.clear()
    this.#fill(into)
    while (into.count === 0 && !this.#ended) {
      await this.#parseChunk()
      this.#fill(into)
    }
    return into.count > 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true
    this.#parsed = []
    await this.#feed[Symbol.asyncDispose]()
  }

  async #parseChunk(): Promise<void> {
    const chunk = await this.#feed.pull()
    if (chunk.length === 0) {
      this.#end()
      return
    }
    this.#parsed = []
    this.#taken = 0
    const shown = this.#fed === 0 ? this.#withKnownMagic(chunk) : chunk
    this.#fed += chunk.length
    this.#parserInput.emit('data', Buffer.from(shown.buffer, shown.byteOffset, shown.length))
  }

  #withKnownMagic(chunk: Uint8Array): Uint8Array {
    const copy = new Uint8Array(chunk)
    copy.set((this.#form.little ? MICROSECOND_LITTLE : MICROSECOND_BIG).subarray(0, chunk.length))
    return copy
  }

  #onFileHeader(header: GlobalHeader): void {
    const fault = versionFault(header.majorVersion, header.minorVersion)
    if (fault !== undefined) {
      this.#stop(fault)
      return
    }
    const type = linkTypeOf(linkField(header.linkLayerType))
    this.links.add(type.name)
    this.#link = type.code
    this.#offset = FILE_HEADER
    this.#need = RECORD_HEADER
  }

  #onPacketHeader({ capturedLength }: PacketHeader): void {
    if (capturedLength > MAX_FRAME) this.#stop(lengthFault(this.#packets + 1, capturedLength))
    this.#need = RECORD_HEADER + capturedLength
  }

  #onPacket(packet: Packet): void {
    if (this.damage !== undefined) return
    if (this.#packets === 0) {
      this.#epochSeconds = packet.header.timestampSeconds
      this.header.epoch = BigInt(this.#epochSeconds) * BigInt(NANOS_PER_SECOND)
    }
    this.#packets++
    this.#offset += this.#need
    this.#need = RECORD_HEADER
    this.#parsed.push(packet)
  }

  /** Records damage at the current record; only the first damage counts. */
  #stop(reason: string): void {
    this.damage ??= { offset: this.#offset, reason }
    this.#ended = true
  }

  #end(): void {
    const { failure } = this.#feed
    const left = this.#fed - this.#offset
    if (failure !== undefined) this.damage = { offset: this.#fed, reason: failure }
    else if (this.#offset === 0) this.#stop(cutHeader(left))
    else if (left > 0) this.#stop(cutRecord(this.#packets + 1, left, this.#need))
    this.#ended = true
  }

  /** Moves parsed packets into the batch while it has room. */
  #fill(into: PacketBatch): void {
    let used = 0
    while (into.count < into.capacity && this.#taken < this.#parsed.length) {
      const packet = this.#parsed[this.#taken]
      if (packet === undefined) return
      const { header, data } = packet
      if (used + data.length > into.bytes.length) {
        if (into.count > 0) return
        into.growBytes(data.length, 0)
      }
      const at = into.count
      into.bytes.set(data, used)
      into.number[at] = ++this.#given
      into.start[at] = used
      into.captured[at] = data.length
      into.original[at] = Math.min(header.originalLength, LARGEST_INT)
      into.time[at] =
        (header.timestampSeconds - this.#epochSeconds) * NANOS_PER_SECOND +
        header.timestampMicroseconds * this.#form.unit
      into.link[at] = this.#link
      into.count = at + 1
      used += data.length
      this.#taken++
    }
  }
}

/** Gives a version that pcap-parser rejects the same message as for files. */
function inOurWords(message: string): string {
  const [, major, minor] = /version (\d+)\.(\d+)/.exec(message) ?? []
  return (major !== undefined && versionFault(Number(major), Number(minor))) || message
}

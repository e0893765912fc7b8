import { Readable } from 'node:stream'
import { ByteFeed } from '../../../harness/capture/byte-feed.ts'
import { ClassicPipeSource } from '../../../harness/capture/classic-pipe.ts'
import { FileSource } from '../../../harness/capture/file-source.ts'
import { formatOf, MAGIC_LENGTH, walkerFor } from '../../../harness/capture/format.ts'
import { PcapngPipeSource } from '../../../harness/capture/pcapng-pipe.ts'
import { PacketBatch } from '../../../harness/model/batch.ts'
import type { PacketSource } from '../../../harness/model/capture.ts'
import { type Damaged, damage, type Field, hexOf, join, smallerBytes } from '../kit/bytes.ts'
import type { Surface } from '../kit/fuzz.ts'
import type { Random } from '../kit/random.ts'
import { Scratch } from '../kit/scratch.ts'
import { demand, errorProblem, textProblem } from '../kit/told.ts'

/** A capture, and in how large pieces a pipe brings it. */
export interface CaptureInput extends Damaged {
  /** Offset behind the record of each packet, before anything was damaged. */
  readonly ends: readonly number[]
  readonly piece: number
}

/** A capture that nothing is wrong with: its bytes, where its fields are, and where the record of each packet ends. */
export interface Built {
  readonly bytes: Uint8Array
  readonly fields: readonly Field[]
  readonly ends: readonly number[]
}

/** What a reader makes of a capture; times from the first packet. */
interface Read {
  readonly packets: readonly string[]
  readonly damage: string
  readonly links: string
  readonly epoch: bigint
}

/** No record is longer, and a batch never grows beyond one. */
const LARGEST_BATCH = (1 << 20) + 64
/** Refusals by which a capture is not opened at all. */
const CODES = ['ERR_CAPTURE_EMPTY', 'ERR_CAPTURE_FORMAT']

/** Readers of captures: one file that is written anew for each input, a large batch and a small one. */
export class CaptureReaders implements Disposable {
  readonly #file = new Scratch()
  readonly #large = new PacketBatch(64, 1 << 12)
  readonly #small = new PacketBatch(2, 32)

  /** Whether all of it was read; throws where readers differ, or where what stands before the damage is not kept. */
  async check({ bytes, from, ends, piece }: CaptureInput): Promise<boolean> {
    this.#file.write(bytes)
    const file = this.#readFile(bytes, this.#large)
    this.#small.growBytes(32, 0)
    const small = this.#readFile(bytes, this.#small)
    demandEqual(file, small, 'a small batch reads otherwise than a large one')
    const pipe = await readPipe(bytes, piece, this.#large)
    demandEqual(file, pipe, 'a pipe is read otherwise than a file')
    if (typeof file === 'string') return false
    const kept = ends.filter((end) => end <= from).length
    demand(
      file.packets.length >= kept,
      `of ${kept} packets before the damage ${file.packets.length} are kept`,
    )
    const offset = Number(/^(\d+)/.exec(file.damage)?.[1] ?? 0)
    demand(offset <= bytes.length, `damage is told at ${offset} of ${bytes.length} bytes`)
    return file.damage === ''
  }

  #readFile(bytes: Uint8Array, batch: PacketBatch): Read | string {
    let source: PacketSource
    try {
      source = new FileSource('capture', this.#file.fd, walkerFor(formatOf(bytes.subarray(0, 4), 'capture')))
    } catch (thrown) {
      return refusal(thrown)
    }
    const packets: string[] = []
    while (source.read(batch) === true) take(batch, bytes, packets)
    return readOf(source, packets)
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]()
  }
}

async function readPipe(bytes: Uint8Array, piece: number, batch: PacketBatch): Promise<Read | string> {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += piece) pieces.push(Buffer.from(bytes.subarray(at, at + piece)))
  let opened: PacketSource
  try {
    opened = await pipeOf(Readable.from(pieces))
  } catch (thrown) {
    return refusal(thrown)
  }
  await using source = opened
  const packets: string[] = []
  while (await source.read(batch)) take(batch, bytes, packets)
  return readOf(source, packets)
}

/** As `openPipe`, but that it loads the reader of classic captures for each, which takes longer than to read one of these. */
async function pipeOf(stream: Readable): Promise<PacketSource> {
  const feed = new ByteFeed(stream)
  const format = formatOf(await feed.peek(MAGIC_LENGTH), 'capture')
  return format.kind === 'pcapng'
    ? new PcapngPipeSource('capture', feed)
    : new ClassicPipeSource('capture', feed, format.form)
}

/** Notes what a batch holds; throws where it holds what is not in the capture. */
function take(batch: PacketBatch, bytes: Uint8Array, packets: string[]): void {
  demand(batch.count > 0 && batch.count <= batch.capacity, `a batch of ${batch.count}`)
  demand(batch.bytes.length <= LARGEST_BATCH, `a batch of ${batch.bytes.length} bytes`)
  for (let i = 0; i < batch.count; i++) {
    const start = batch.start[i] ?? 0
    const captured = batch.captured[i] ?? 0
    const time = batch.time[i] ?? Number.NaN
    demand(
      batch.number[i] === packets.length + 1,
      `packet ${packets.length + 1} has the number ${batch.number[i]}`,
    )
    demand(start >= 0 && captured >= 0 && start + captured <= batch.bytes.length, 'a frame outside its batch')
    demand(captured <= bytes.length, 'a frame longer than its capture')
    demand(Number.isFinite(time), `a packet at ${time}`)
    demand((batch.original[i] ?? -1) >= 0, `${batch.original[i]} bytes on the wire`)
    const frame = batch.bytes.subarray(start, start + captured)
    packets.push(`${time} ${batch.original[i]} ${batch.link[i]} ${captured} ${sum(frame)}`)
  }
}

function sum(frame: Uint8Array): number {
  let digest = 0x811c_9dc5
  for (const byte of frame) digest = Math.imul(digest ^ byte, 0x0100_0193)
  return digest
}

function readOf({ damage: found, header, links }: PacketSource, packets: readonly string[]): Read {
  const told = found === undefined ? '' : `${found.offset} ${found.reason}`
  const problem = found === undefined ? undefined : textProblem(found.reason)
  demand(problem === undefined, `the damage: ${problem}`)
  return { packets, damage: told, links: [...links].join(), epoch: header.epoch }
}

function refusal(thrown: unknown): string {
  const problem = errorProblem(thrown, CODES)
  demand(problem === undefined, problem ?? '')
  return thrown instanceof Error ? thrown.message : ''
}

function demandEqual(one: Read | string, other: Read | string, what: string): void {
  if (typeof one === 'string' || typeof other === 'string') {
    demand(one === other, `${what}: ${told(one)}, ${told(other)}`)
    return
  }
  const same =
    one.damage === other.damage &&
    one.epoch === other.epoch &&
    one.links === other.links &&
    one.packets.length === other.packets.length &&
    one.packets.every((packet, at) => packet === other.packets[at])
  demand(same, `${what}: ${told(one)}, ${told(other)}`)
}

function told(read: Read | string): string {
  if (typeof read === 'string') return read
  const { packets, damage: found, links, epoch } = read
  return `${packets.length} packets [${packets.join('; ')}], ${found || 'no damage'}, ${links}, ${epoch}`
}

/** The surface of one format of captures. */
export function captureSurface(
  name: string,
  readers: CaptureReaders,
  build: (random: Random) => Built,
): Surface<CaptureInput> {
  return {
    name,
    make(random) {
      const { bytes, fields, ends } = build(random)
      const damaged = random.oneIn(20) ? { bytes, from: bytes.length } : damage(random, bytes, fields)
      return {
        ...damaged,
        ends,
        piece: random.pick([random.oneIn(8) ? 1 : 90, 13, 64, 4096]) + random.below(9),
      }
    },
    check: (input) => readers.check(input),
    *smaller(input) {
      for (const bytes of smallerBytes(input.bytes)) yield { ...input, bytes, from: 0 }
    },
    show: ({ bytes }) => hexOf(bytes),
  }
}

/** Frames that captures hold: few bytes of anything, as readers do not look into them. */
export function frameOf(random: Random): Uint8Array {
  return random.bytes(random.oneIn(40) ? 300 + random.below(900) : random.below(24))
}

/** Puts pieces one behind the other and notes where fields are. */
export class Builder {
  readonly #parts: Uint8Array[] = []
  readonly fields: Field[] = []
  readonly ends: number[] = []
  readonly #little: boolean
  length = 0

  constructor(little: boolean) {
    this.#little = little
  }

  /** Fields of one width. */
  words(size: 1 | 2 | 4, ...values: readonly number[]): this {
    const bytes = new Uint8Array(size * values.length)
    const view = new DataView(bytes.buffer)
    for (const [n, value] of values.entries()) {
      if (size === 4) view.setUint32(n * 4, value, this.#little)
      else if (size === 2) view.setUint16(n * 2, value, this.#little)
      else view.setUint8(n, value)
      this.fields.push({ at: this.length + n * size, size })
    }
    return this.put(bytes)
  }

  put(bytes: Uint8Array): this {
    this.#parts.push(bytes)
    this.length += bytes.length
    return this
  }

  /** That the record of a packet ends here. */
  ended(): void {
    this.ends.push(this.length)
  }

  built(): Built {
    return { bytes: join(...this.#parts), fields: this.fields, ends: this.ends }
  }
}

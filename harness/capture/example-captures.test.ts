import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { PacketBatch } from '../model/batch.ts'
import type { Damage, PacketSource } from '../model/capture.ts'
import { openCapture } from './open.ts'

/** What was recorded, in words that no format has. */
export interface Sample {
  /** Nanoseconds since 1970. */
  readonly at: bigint
  readonly frame: Uint8Array
  readonly original: number
}

function sample(at: bigint, length: number, original = length): Sample {
  const frame = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 0xff)
  return { at, frame, original }
}

/** Of every length modulo 4, empty and cut frames among them; the clock goes back once. Whole microseconds. */
export const SAMPLES: readonly Sample[] = [
  sample(1_767_225_601_999_999_000n, 60),
  sample(1_767_225_602_000_000_000n, 61, 1500),
  sample(1_767_225_600_000_001_000n, 0, 40),
  sample(1_767_225_603_500_000_000n, 30),
  sample(1_767_229_999_123_456_000n, 95),
]

/** A capture file, and where its records (blocks) begin; each says how many packets precede it. */
export interface Example {
  readonly bytes: Uint8Array
  readonly records: readonly { readonly offset: number; readonly packets: number }[]
}

export interface ClassicOptions {
  readonly little: boolean
  readonly nano: boolean
  readonly network?: number
  readonly minor?: number
}

export const CLASSIC_FORMS: readonly ClassicOptions[] = [
  { little: true, nano: false },
  { little: true, nano: true },
  { little: false, nano: false },
  { little: false, nano: true },
]

/** Fields of so many bytes each in one byte order; an array stands for bytes as they are. */
export function fields(
  little: boolean,
  ...parts: readonly (readonly [number, number | bigint] | Uint8Array)[]
): Buffer {
  return Buffer.concat(
    parts.map((part) => {
      if (part instanceof Uint8Array) return part
      const field = Buffer.alloc(part[0])
      let rest = BigInt.asUintN(64, BigInt(part[1]))
      for (let i = 0; i < field.length; i++, rest >>= 8n)
        field[little ? i : field.length - 1 - i] = Number(rest & 0xffn)
      return field
    }),
  )
}

export function classicRecord(form: ClassicOptions, { at, frame, original }: Sample): Buffer {
  const fraction = (at % 1_000_000_000n) / (form.nano ? 1n : 1000n)
  return fields(form.little, [4, at / 1_000_000_000n], [4, fraction], [4, frame.length], [4, original], frame)
}

export function classicExample(form: ClassicOptions, samples = SAMPLES): Example {
  const header = fields(
    form.little,
    [4, form.nano ? 0xa1b23c4d : 0xa1b2c3d4],
    [2, 2],
    [2, form.minor ?? 4],
    [8, 0],
    [4, 262_144],
    [4, form.network ?? 1],
  )
  const parts = [{ bytes: header, packets: 0 }]
  for (const each of samples) parts.push({ bytes: classicRecord(form, each), packets: 1 })
  return assemble(parts)
}

/** Puts records together; each tells how many packets it holds. */
export function assemble(
  parts: readonly { readonly bytes: Uint8Array; readonly packets: number }[],
): Example {
  const records: { offset: number; packets: number }[] = []
  let offset = 0
  let packets = 0
  for (const part of parts) {
    records.push({ offset, packets })
    offset += part.bytes.length
    packets += part.packets
  }
  return { bytes: Buffer.concat(parts.map((part) => part.bytes)), records }
}

/** What was read, in the words of `Sample`, so that it can be compared whole. */
export interface ReadPacket {
  readonly number: number
  readonly at: bigint
  readonly frame: string
  readonly original: number
  readonly link: number
}
export interface WasRead {
  readonly packets: readonly ReadPacket[]
  readonly damage: Damage | undefined
  readonly epoch: bigint
  readonly links: readonly string[]
}

/** Reads all of a source in batches of this size. */
export async function readAll(
  source: PacketSource,
  capacity = 1000,
  byteCapacity = 1 << 16,
): Promise<WasRead> {
  const packets: ReadPacket[] = []
  const batch = new PacketBatch(capacity, byteCapacity)
  while (await source.read(batch)) {
    for (let i = 0; i < batch.count; i++)
      packets.push({
        number: batch.number[i] ?? 0,
        at: source.header.epoch + BigInt(batch.time[i] ?? 0),
        frame: Buffer.from(batch.copyFrame(i)).toString('hex'),
        original: batch.original[i] ?? 0,
        link: batch.link[i] ?? 0,
      })
  }
  return { packets, damage: source.damage, epoch: source.header.epoch, links: [...source.links] }
}

/** A folder of a test's own, gone afterwards. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-capture-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Reads these bytes as a file, in batches of this size. */
export async function readBytes(
  bytes: Uint8Array,
  capacity?: number,
  byteCapacity?: number,
): Promise<WasRead> {
  return inFolder(async (folder) => {
    const path = join(folder, 'capture')
    writeFileSync(path, bytes)
    await using source = await openCapture(path)
    return await readAll(source, capacity, byteCapacity)
  })
}

/** Reads these chunks as standard input, in batches of this size. */
export async function readPiped(
  chunks: Iterable<Uint8Array>,
  capacity?: number,
  byteCapacity?: number,
): Promise<WasRead> {
  await using source = await openCapture('-', { stdin: Readable.from(chunks, { objectMode: false }) })
  return await readAll(source, capacity, byteCapacity)
}

/** What should be read of samples on a link. */
export function expected(samples: readonly Sample[], link: number): ReadPacket[] {
  return samples.map(({ at, frame, original }, i) => ({
    number: i + 1,
    at,
    frame: Buffer.from(frame).toString('hex'),
    original,
    link,
  }))
}

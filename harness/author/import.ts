import { FlowTable } from '../flow/table.ts'
import type { PacketBatch } from '../model/batch.ts'
import { shellWord } from '../report/rerun.ts'
import { checksumFault, mendChecksums } from './import/checksums.ts'
import { Duplicates } from './import/duplicates.ts'
import { isSuperFrame, segmentsOf } from './import/segments.ts'
import { checkManifestPlace, writeManifest } from './manifest.ts'
import type { CaptureOutput } from './output.ts'
import { isInRanges, type NumberRange } from './slice/ranges.ts'
import { type Transcribed, transcribe, writePacket } from './transcribe.ts'

export interface ImportOptions {
  readonly file: string
  readonly out: string
  readonly signal: AbortSignal
  /** Flows by their numbers; absent: all packets. */
  readonly flows?: readonly NumberRange[]
  /** Writes checksums anew and cuts super-frames into segments. */
  readonly mend: boolean
  readonly keepDuplicates: boolean
  /** Bytes of the largest IP datagram that the link carried. */
  readonly mtu: number
  readonly title: string
  /** The command, for the manifest. */
  readonly by: string
  readonly with: Readonly<Record<string, string>>
}

/** Numbers of packets of the original; of each kind the first ones, and how many there are. */
export interface Found {
  readonly count: number
  readonly first: readonly number[]
}

/** What is wrong with a capture that was brought in. */
export interface ImportReport {
  /** Left out, unless they were to be kept. */
  readonly duplicates: Found
  /** Larger than the MTU. */
  readonly superFrames: Found
  /** Of them, those that were cut into segments. */
  readonly segmented: number
  /** Checksums that the sender left to its network card. */
  readonly offloadedChecksums: Found
  readonly wrongChecksums: Found
  readonly mendedChecksums: number
  /** Not captured whole. */
  readonly cutShort: Found
  readonly manifest: string
}

const NAMED = 10

/** Brings a capture in: chosen flows, no packet twice, and what is wrong with it told or mended. Throws as `transcribe` and `writeManifest` do. */
export async function importCapture(options: ImportOptions): Promise<Transcribed & ImportReport> {
  const { file, out } = options
  checkManifestPlace(out)
  const importer = new Importer(options)
  const nothing = `No packet of ${file} is selected: see flowbreak capture info ${shellWord(file)} --flows.`
  const done = await transcribe({ ...options, flows: new FlowTable(), nothing }, (batch, output, epoch) =>
    importer.take(batch, output, epoch),
  )
  const manifest = await writeManifest(out, options)
  return { ...done, ...importer.report(), manifest }
}

class Tally implements Found {
  count = 0
  readonly first: number[] = []

  add(number: number): void {
    this.count++
    if (this.first.length < NAMED) this.first.push(number)
  }
}

class Importer {
  readonly #options: ImportOptions
  readonly #copies = new Duplicates()
  readonly #duplicates = new Tally()
  readonly #superFrames = new Tally()
  readonly #offloaded = new Tally()
  readonly #wrong = new Tally()
  readonly #cutShort = new Tally()
  #segmented = 0
  #mended = 0

  constructor(options: ImportOptions) {
    this.#options = options
  }

  take(batch: PacketBatch, output: CaptureOutput, epoch: bigint): void {
    const { flows, keepDuplicates } = this.#options
    for (let i = 0; i < batch.count; i++) {
      if (flows !== undefined && !isInRanges(flows, batch.flow[i] ?? -1)) continue
      if (this.#copies.isCopy(batch, i)) {
        this.#duplicates.add(batch.number[i] ?? 0)
        if (!keepDuplicates) continue
      }
      this.#write(batch, i, output, epoch)
    }
  }

  report(): Omit<ImportReport, 'manifest'> {
    return {
      duplicates: this.#duplicates,
      superFrames: this.#superFrames,
      segmented: this.#segmented,
      offloadedChecksums: this.#offloaded,
      wrongChecksums: this.#wrong,
      mendedChecksums: this.#mended,
      cutShort: this.#cutShort,
    }
  }

  #write(batch: PacketBatch, i: number, output: CaptureOutput, epoch: bigint): void {
    const { mend, mtu } = this.#options
    const number = batch.number[i] ?? 0
    if ((batch.captured[i] ?? 0) < (batch.original[i] ?? 0)) this.#cutShort.add(number)
    const fault = checksumFault(batch, i)
    if (fault !== undefined) (fault === 'offload' ? this.#offloaded : this.#wrong).add(number)
    if (fault !== undefined && mend) {
      mendChecksums(batch, i)
      this.#mended++
    }
    if (!isSuperFrame(batch, i, mtu)) {
      writePacket(output, batch, i, epoch)
      return
    }
    this.#superFrames.add(number)
    const segments = mend ? segmentsOf(batch, i, mtu) : undefined
    if (segments === undefined) {
      writePacket(output, batch, i, epoch)
      return
    }
    this.#segmented++
    for (const frame of segments)
      output.write(epoch, batch.time[i] ?? 0, frame, 0, frame.length, frame.length, batch.link[i] ?? 0)
  }
}

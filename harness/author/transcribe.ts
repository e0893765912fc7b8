import { openCapture } from '../capture/open.ts'
import type { FlowTable } from '../flow/table.ts'
import type { PacketBatch } from '../model/batch.ts'
import type { CaptureHeader, Damage } from '../model/capture.ts'
import { Link } from '../model/codes.ts'
import { tunnelsOf } from '../model/reading.ts'
import { Breath } from '../support/breath.ts'
import { FlowbreakError } from '../support/errors.ts'
import { roadBatch } from '../timeline/recorded.ts'
import { decodeBatch } from '../wire/decode.ts'
import { CaptureOutput, checkOther } from './output.ts'

export interface Transcription {
  readonly file: string
  readonly out: string
  readonly signal: AbortSignal
  /** Gives packets their flows; absent: they get none. */
  readonly flows?: FlowTable
  /** What is said where nothing was written. */
  readonly nothing: string
}

/** What came of a capture. */
export interface Transcribed {
  readonly file: string
  readonly out: string
  readonly from: CaptureHeader['format']
  readonly format: 'pcap' | 'pcapng'
  readonly packets: { readonly read: number; readonly written: number }
  /** Where and why the capture could not be read on; what came before was written. */
  readonly damage?: Damage
}

/**
 * Makes one capture of another, batch by batch: `take` looks at each decoded batch, may change its frames, and writes what it wants.
 * The capture itself is never changed; the other one appears whole or not at all. Throws as `openCapture` and `CaptureOutput` do,
 * and ERR_CAPTURE_LINK for frames that are not read.
 */
export async function transcribe(
  { file, out, signal, flows, nothing }: Transcription,
  take: (batch: PacketBatch, output: CaptureOutput, epoch: bigint) => void,
): Promise<Transcribed> {
  checkOther(file, out)
  await using source = await openCapture(file, { signal })
  using output = new CaptureOutput(out)
  const batch = roadBatch()
  if (flows !== undefined) batch.tunnels = tunnelsOf(flows.reading)
  const breath = new Breath()
  let read = 0
  for (;;) {
    const more = source.read(batch)
    if (!(typeof more === 'boolean' ? more : await more)) break
    signal.throwIfAborted()
    decodeBatch(batch)
    flows?.assign(batch)
    checkLinks(batch, source.links, file)
    read += batch.count
    take(batch, output, source.header.epoch)
    await breath.take()
  }
  const { damage, header } = source
  if (read === 0 && damage !== undefined) throw damaged(file, damage, 'nothing before it could be read')
  output.close(nothing)
  return {
    file,
    out,
    from: header.format,
    format: output.format,
    packets: { read, written: output.packets },
    ...(damage === undefined ? {} : { damage }),
  }
}

/** The error of a damaged capture, of which what came before the damage was written. */
export function damaged(file: string, { offset, reason }: Damage, kept: string): FlowbreakError {
  return new FlowbreakError(
    'ERR_CAPTURE_DAMAGED',
    `${file} is damaged at byte ${offset} (${reason}): ${kept}.`,
  )
}

/** Writes packet `i` of a batch as it is. */
export function writePacket(output: CaptureOutput, batch: PacketBatch, i: number, epoch: bigint): void {
  output.write(
    epoch,
    batch.time[i] ?? 0,
    batch.bytes,
    batch.start[i] ?? 0,
    batch.captured[i] ?? 0,
    batch.original[i] ?? 0,
    batch.link[i] ?? 0,
  )
}

function checkLinks({ link, number, count }: PacketBatch, links: ReadonlySet<string>, file: string): void {
  for (let i = 0; i < count; i++)
    if (link[i] === Link.unsupported)
      throw new FlowbreakError(
        'ERR_CAPTURE_LINK',
        `${file} has frames of a kind that is not read (packet ${number[i]}; ${[...links].join(', ')}): record at an Ethernet interface.`,
      )
}

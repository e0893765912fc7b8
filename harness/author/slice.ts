import { FlowTable } from '../flow/table.ts'
import type { Nanos } from '../model/batch.ts'
import { PLAIN_READING, type Reading } from '../model/reading.ts'
import { shellWord } from '../report/rerun.ts'
import type { Filter } from './slice/filter.ts'
import { isInRanges, type NumberRange } from './slice/ranges.ts'
import { type Transcribed, transcribe, writePacket } from './transcribe.ts'

export interface SliceOptions {
  readonly file: string
  readonly out: string
  readonly signal: AbortSignal
  /** Flows by their numbers, as `capture info --flows` lists them; what is absent chooses every packet. */
  readonly flows?: readonly NumberRange[]
  readonly filter?: Filter
  /** Packets by their numbers from 1. */
  readonly packets?: readonly NumberRange[]
  /** Since the first packet. */
  readonly time?: { readonly from: Nanos; readonly to: Nanos }
  /** Whether flows and filter are about packets in tunnels. */
  readonly tunnels?: Reading['tunnels']
}

/** Writes the packets of a capture that every given choice takes. Throws as `transcribe` does. */
export async function slice(options: SliceOptions): Promise<Transcribed> {
  const { file, flows, filter, packets, time, tunnels = 'outer' } = options
  const table = new FlowTable({ ...PLAIN_READING, tunnels })
  let first: Nanos | undefined
  return transcribe(
    {
      file,
      out: options.out,
      signal: options.signal,
      flows: table,
      nothing: `No packet of ${file} is selected: see flowbreak capture info ${shellWord(file)} --flows.`,
    },
    (batch, output, epoch) => {
      first ??= batch.time[0] ?? 0
      for (let i = 0; i < batch.count; i++) {
        const since = (batch.time[i] ?? 0) - first
        if (packets !== undefined && !isInRanges(packets, batch.number[i] ?? 0)) continue
        if (time !== undefined && (since < time.from || since > time.to)) continue
        if (flows !== undefined && !isInRanges(flows, batch.flow[i] ?? -1)) continue
        if (filter !== undefined && !filter(batch, i)) continue
        writePacket(output, batch, i, epoch)
      }
    },
  )
}

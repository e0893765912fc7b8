import { Anonymiser } from './anonymise/anonymiser.ts'
import type { PayloadWord } from './anonymise/filler.ts'
import { type AnonymiseReport, reportOf } from './anonymise/report.ts'
import { type Transcribed, transcribe, writePacket } from './transcribe.ts'

export interface AnonymiseOptions {
  readonly file: string
  readonly out: string
  readonly signal: AbortSignal
  /** 32 bytes. */
  readonly key: Uint8Array
  readonly payload: PayloadWord
}

/** Writes a capture anew without what tells who talked. Throws as `transcribe` does. */
export async function anonymise(options: AnonymiseOptions): Promise<Transcribed & AnonymiseReport> {
  const { file, key, payload } = options
  const anonymiser = new Anonymiser(key, payload)
  const done = await transcribe(
    { ...options, nothing: `${file} contains no packets: record it again.` },
    (batch, output, epoch) => {
      anonymiser.change(batch)
      for (let i = 0; i < batch.count; i++) writePacket(output, batch, i, epoch)
    },
  )
  return { ...done, ...reportOf(anonymiser, payload) }
}

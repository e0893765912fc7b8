import { damaged, type Transcribed } from '../author/transcribe.ts'
import { print } from './output.ts'

/** One line for each fact; a fact with parts is on one line. */
export function factsText(found: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(found).map(([name, value]) => {
    const words =
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value)
            .map(([part, number]) => `${part} ${number}`)
            .join(', ')
        : String(value)
    return `${`${name}:`.padEnd(14)} ${words}\n`
  })
  return lines.join('')
}

/** Prints the result of processing a capture, as JSON or followed by `text`. Throws ERR_CAPTURE_DAMAGED if it was not read to its end. */
export function printTranscribed(done: Transcribed, json: boolean, text: string): void {
  const { out, packets, damage } = done
  const facts = { out, format: done.format, packets: `${packets.written} of ${packets.read}` }
  print(json ? `${JSON.stringify(done, null, 2)}\n` : `${factsText(facts)}${text}`)
  if (damage !== undefined) throw damaged(done.file, damage, `what comes before it was written to ${out}`)
}

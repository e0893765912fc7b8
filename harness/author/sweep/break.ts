import type { Injection } from '../../model/case.ts'
import { parseUnplaced } from '../../suite/injection-text.ts'
import { FlowbreakError } from '../../support/errors.ts'

/** A break whose place is open: one injection, or several at one place. */
export interface Break {
  /** `host-swap:crash`, `host-swap+idle-gap:400s`. */
  readonly name: string
  /** As `--inject` takes it, just before that packet. */
  readonly texts: (packet: number) => readonly string[]
  readonly at: (packet: number) => readonly Injection[]
}

/** Reads a break: an injection as `--inject` takes it, without its place. Throws ERR_BREAK, ERR_INJECTION. */
export function parseBreak(name: string): Break {
  const parts = name.split('+')
  const placed = parts.find((part) => part.includes('@'))
  if (placed !== undefined)
    throw new FlowbreakError(
      'ERR_BREAK',
      `--break ${name} names a place, and a sweep breaks at every packet: write ${placed.replace(/@[^:]*/, '')}.`,
    )
  const injectionsAt = (packet: number) =>
    parseUnplaced(parts, packet, (message) => {
      throw new FlowbreakError('ERR_INJECTION', `--break ${name}: ${message}`)
    })
  const known = new Map([[1, injectionsAt(1)]])
  const at = (packet: number) => {
    const injections = known.get(packet) ?? injectionsAt(packet)
    known.set(packet, injections)
    return injections
  }
  return { name, texts: (packet) => parts.map((part) => part.replace(/^[^:]*/, `$&@${packet}`)), at }
}

/** What breaks where nothing is named: the host leaves or fails, the flow is silent for so many seconds, or a direction goes by another host. */
export function usualBreaks(gapSeconds: number, otherHost: string | undefined): readonly string[] {
  const elsewhere =
    otherHost === undefined ? [] : ['c2s', 's2c'].map((way) => `asymmetric-path:${way}=${otherHost}`)
  return ['host-swap', 'host-swap:crash', `idle-gap:${gapSeconds}s`, ...elsewhere]
}

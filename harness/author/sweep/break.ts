import type { Injection } from '../../model/case.ts'
import { parseInjections } from '../../suite/injection-text.ts'
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
  const parts = name.split('+').map((part) => {
    if (part.includes('@'))
      throw new FlowbreakError(
        'ERR_BREAK',
        `--break ${name} names a place, and a sweep breaks at every packet: write ${part.replace(/@[^:]*/, '')}.`,
      )
    const [kind = '', ...rest] = part.split(':')
    return { kind, rest: rest.length === 0 ? '' : `:${rest.join(':')}` }
  })
  const texts = (packet: number) => parts.map(({ kind, rest }) => `${kind}@${packet}${rest}`)
  checkInjections(name, texts(1))
  const known = new Map<number, readonly Injection[]>()
  const at = (packet: number) => {
    const injections = known.get(packet) ?? parseInjections(texts(packet))
    known.set(packet, injections)
    return injections
  }
  return { name, texts, at }
}

/** Throws ERR_INJECTION in words of a break, which has no places. */
function checkInjections(name: string, texts: readonly string[]): void {
  try {
    parseInjections(texts)
  } catch (thrown) {
    if (!(thrown instanceof FlowbreakError)) throw thrown
    const sentence = thrown.message.replace(/^Injection "[^"]*": /, '').replaceAll(/@12?(?!\d)/g, '')
    throw new FlowbreakError(thrown.code, `--break ${name}: ${sentence}`)
  }
}

/** What breaks where nothing is named: the host leaves or fails, the flow is silent for so many seconds, or a direction goes by another host. */
export function usualBreaks(gapSeconds: number, otherHost: string | undefined): readonly string[] {
  const elsewhere =
    otherHost === undefined ? [] : ['c2s', 's2c'].map((way) => `asymmetric-path:${way}=${otherHost}`)
  return ['host-swap', 'host-swap:crash', `idle-gap:${gapSeconds}s`, ...elsewhere]
}

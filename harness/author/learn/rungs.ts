import type { Ladder } from './ladders.ts'
import { beginningOf } from './late-ends.ts'
import { waitedBefore } from './lateness.ts'
import { type Measurement, RUNGS } from './measured.ts'
import { parseProbe } from './notation.ts'
import type { Probe } from './probe.ts'
import type { Outcome } from './subject.ts'

/** Of a ladder that was not climbed. */
export const NOTHING = { last: -1, first: Number.POSITIVE_INFINITY } as const

/** Flows that a table is asked to hold at first, and how many times as many then. */
const FEW_FLOWS = 1024
const MORE_FLOWS = 32

/** The numbers that a round asks for: at first each a quarter more than the one before, later evenly between two. */
export function numbersBetween(
  { last, first }: { last: number; first: number },
  most: number,
): readonly number[] {
  if (first - last <= 1 || last >= most) return []
  const numbers = new Set<number>()
  if (last < 0 && !Number.isFinite(first)) {
    numbers.add(0)
    const ratio = most ** (1 / (RUNGS - 2))
    for (let at = 0; at < RUNGS - 1; at++) numbers.add(Math.min(most, Math.round(ratio ** at)))
  } else {
    const to = Number.isFinite(first) ? first : most + 1
    for (let at = 1; at <= RUNGS; at++) numbers.add(Math.floor(last + ((to - last) * at) / (RUNGS + 1)))
  }
  return [...numbers].filter((x) => x > last && x < first && x <= most).sort((one, other) => one - other)
}

export function rung(ladder: Ladder, x: number): Probe {
  return {
    name: nameOf(ladder, x),
    setup: ladder.setup,
    script: ladder.script.replaceAll('$', String(x)),
    ...(ladder.flows === true ? { alone: true } : {}),
  }
}

/** The same to be measured; where a timer ends it, begun at a time of its own. */
export function measuredRung(ladder: Ladder, x: number): Probe {
  const { setup, script } = rung(ladder, x)
  const begun = ladder.late ? `+${beginningOf(x)} ${script}` : script
  return { name: `${setup}: ${begun}`, setup, script: begun, measured: true }
}

/** Seconds of the longest wait of a ladder that is not what it counts. */
export function longestWaitBeside({ script }: Ladder): number {
  return Math.max(...parseProbe(script.replaceAll('+$', '').replaceAll('$', '0')).map(({ gap }) => gap))
}

export function nameOf({ setup, script }: Ladder, x: number): string {
  return `${setup}: ${script.replaceAll('$', String(x))}`
}

export function keyOf({ knob, setup, script }: Ladder): string {
  return `${knob} ${setup} ${script}`
}

/** Whether what a ladder counts is seconds. */
export function isWait({ script }: Ladder): boolean {
  return script.includes('+$')
}

/** An answer as it stands for one side of a ladder: where packets are counted, however many are answered alike. */
export function sideOf({ script }: Ladder, answer: string | undefined): string | undefined {
  if (!script.includes('*$')) return answer
  const words = answer?.replaceAll(/\*\d+/g, '').split(' ')
  return words?.filter((word, at) => word !== words[at - 1]).join(' ')
}

/** The flows that a table is asked to hold in the next round: ever more, then about as many as it held. */
export function flowsBetween(
  { last, first }: { last: number; first: number },
  most: number,
  answer: string | undefined,
): readonly number[] {
  if (first - last <= 1 || last >= most) return []
  if (!Number.isFinite(first)) return [Math.min(most, last < 0 ? FEW_FLOWS : last * MORE_FLOWS)]
  const held = heldBy(answer)
  const near = held <= last || held >= first ? [Math.floor((last + first) / 2)] : [held, held + 1]
  return near.filter((x) => x > last && x < first)
}

/** How many flows were let in before the first that was not. */
function heldBy(answer = ''): number {
  const [first = '', ...others] = answer.split(' ')
  const times = /^F\*(\d+)$/.exec(first)?.[1]
  if (times !== undefined) return Number(times)
  return first === 'F' ? 1 + others.findIndex((word) => word !== 'F') : 0
}

export function measurementsOf(
  { script }: Ladder,
  probe: string,
  asked: number,
  outcomes: readonly Outcome[],
): readonly Measurement[] {
  const before = parseProbe(script.slice(0, script.indexOf('+$'))).filter(
    ({ packet }) => packet !== undefined,
  ).length
  return outcomes.flatMap(({ answer, sent }) => {
    const waited = waitedBefore(before, sent)
    return answer === undefined || waited === undefined ? [] : [{ probe, asked, ...waited, answer }]
  })
}

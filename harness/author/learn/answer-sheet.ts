import { type Emitted, NANOS_PER_SECOND, type PacketBatch } from '../../model/batch.ts'
import { Kind, Verdict } from '../../model/codes.ts'
import type { Setup } from '../../model/setup.ts'
import { isForwardedAfterAll, type ObservationBatch } from '../../model/target.ts'
import { dissect } from '../../wire/dissect.ts'
import type { Moment } from './lateness.ts'
import type { Answer } from './probe.ts'

/** Of a packet whose verdict tells no systems apart. */
const UNTOLD = '.'
/** Words in a row that are counted from there on. */
const LONG_RUN = 16
const LETTERS: Readonly<Record<number, string>> = {
  [Verdict.forward]: 'F',
  [Verdict.drop]: 'D',
  [Verdict.reject]: 'R',
  [Verdict.answered]: 'A',
}

/** Takes down what comes of each probe. */
export class AnswerSheet {
  readonly #words: string[][]
  readonly #alone: string[][]
  readonly #emissions: boolean
  readonly #counts: readonly number[]
  readonly #rejects: boolean
  unseen = false
  /** By probe; undefined: of no observation it was told. */
  sent: Moment[][] | undefined

  /** `counts`: by probe, its packets. */
  constructor(counts: readonly number[], emissions: boolean, setup: Setup) {
    this.#words = counts.map(() => [])
    this.#alone = counts.map(() => [])
    this.#emissions = emissions
    this.#counts = counts
    this.#rejects = setup.policy.exception === 'reject' && setup.rules.length === 0
  }

  take(
    { packets, emissions, sent, sightings = [] }: ObservationBatch,
    owner: (step: number) => number,
    ownerOfFlow: (flow: number) => number,
  ): void {
    if (emissions === 'unseen') this.unseen = true
    // What was told of them before is not so.
    for (const sighting of sightings)
      if (isForwardedAfterAll(sighting)) this.#words[owner(sighting.step)]?.push('?')
    const visible = this.#emissions && emissions !== 'unseen'
    const caused = new Map<number, string>()
    if (visible)
      for (const emitted of packets.emitted) {
        const word = wordOf(emitted)
        if (emitted.cause >= 0) caused.set(emitted.cause, (caused.get(emitted.cause) ?? '') + word)
        else this.#alone[ownerOfFlow(emitted.flow ?? -1)]?.push(word)
      }
    for (let i = 0; i < packets.count; i++) {
      const letter = LETTERS[packets.verdict[i] ?? 0] ?? '?'
      const probe = owner(packets.step[i] ?? -1)
      this.#words[probe]?.push(this.#saysNothing(packets, i, probe) ? UNTOLD : letter + (caused.get(i) ?? ''))
      if (sent === undefined) continue
      this.sent ??= this.#words.map(() => [])
      const [from = Number.NaN, to = Number.NaN] = [sent.from[i], sent.to[i]]
      this.sent[probe]?.push({ from: from / NANOS_PER_SECOND, to: to / NANOS_PER_SECOND })
    }
  }

  /**
   * Whether a fragment that completes nothing comes out is no knob: some systems let it, some keep it until the datagram is whole. So the
   * last of a probe says something alone; and where nothing but the policy rejects, only that.
   */
  #saysNothing({ kind, verdict }: PacketBatch, i: number, probe: number): boolean {
    if (this.#counts[probe] === 1 || (kind[i] !== Kind.fragment4 && kind[i] !== Kind.fragment6)) return false
    if (this.#rejects) return verdict[i] === Verdict.forward || verdict[i] === Verdict.drop
    return (this.#words[probe]?.length ?? 0) + 1 < (this.#counts[probe] ?? 0)
  }

  read(): readonly Answer[] {
    return this.#words.map((words, at) => {
      if (words.some((word) => word.startsWith('?'))) return undefined
      const alone = this.#alone[at] ?? []
      return [...inRuns(words), ...(alone.length === 0 ? [] : ['|', ...alone.sort()])].join(' ')
    })
  }
}

/** Many words that are the same, one after the other, as one. */
function inRuns(words: readonly string[]): readonly string[] {
  if (words.length <= LONG_RUN) return words
  const runs: string[] = []
  let from = 0
  for (let at = 1; at <= words.length; at++) {
    if (words[at] === words[from]) continue
    const run = words.slice(from, at)
    if (run.length > LONG_RUN) runs.push(`${run[0]}*${run.length}`)
    else runs.push(...run)
    from = at
  }
  return runs
}

/** What was emitted, as far as it tells systems apart: what, to whom, and the flags and number of a reset. */
function wordOf({ kind, to, frame, link, seq }: Emitted): string {
  if (kind === 'icmp') return `(icmp ${to})`
  const { flags } = dissect(frame, link)
  return `(rst ${to} ${flags}${seq === 0 ? ' zero' : ''})`
}

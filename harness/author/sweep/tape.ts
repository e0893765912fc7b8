import { VERDICT_LETTERS } from '../../grade/letters.ts'
import { Host } from '../../model/codes.ts'
import type { CaseTrace } from '../../model/run-log.ts'
import type { Played, SweptReset } from '../../model/sweep.ts'
import { isForwardedAfterAll, type ObservationBatch } from '../../model/target.ts'
import { hostName } from '../../report/packet-words.ts'
import { endOf } from '../../run/compare/recorder.ts'
import type { SweptFlow } from './swept-flow.ts'

/** Who gives verdicts beside the hosts, and comes before them. */
const OTHERS = ['lb', 'path', 'unknown']
const NOT_OFFERED = '-'.charCodeAt(0)
const FIRST_DECIDER = 'a'.charCodeAt(0)
const LETTERS = Array.from(VERDICT_LETTERS, (letter) => letter.charCodeAt(0))
const FORWARD = 'f'.charCodeAt(0)

/** Names of `SweepMap.deciders`. */
export function decidersOf(hosts: readonly string[]): readonly string[] {
  return [...OTHERS, ...hosts]
}

/** Takes down what becomes of one flow, once for each place at which it is broken. */
export class Tape {
  readonly #flow: number
  readonly #hosts: readonly string[]
  readonly #numbers: Int32Array
  readonly #places: ReadonlyMap<number, number>
  readonly #verdicts: Buffer
  readonly #by: Uint16Array
  /** Packets whose number in the timeline is theirs in the flow. */
  readonly #steps = new Map<number, number>()
  readonly #known = new Map<string, string>()
  #told: SweptReset[] = []
  #emissions: ObservationBatch['emissions']

  constructor({ info, packets }: SweptFlow, hosts: readonly string[]) {
    this.#flow = info.id
    this.#hosts = hosts
    this.#numbers = Int32Array.from(packets, ({ number }) => number)
    this.#places = new Map(packets.map(({ number }, place) => [number, place]))
    this.#verdicts = Buffer.alloc(packets.length)
    this.#by = new Uint16Array(packets.length)
  }

  /** Forgets what was taken down. */
  begin(): void {
    this.#verdicts.fill(NOT_OFFERED)
    this.#by.fill(NOT_OFFERED)
    this.#told = []
    this.#emissions = undefined
    this.#steps.clear()
  }

  /** Takes note of a batch of observations. A packet that is offered twice counts as it went the first time. */
  take({ packets, by, emissions, sightings = [] }: ObservationBatch): void {
    this.#emissions ??= emissions
    const { number, flow, verdict, step, count, emitted } = packets
    let next = 0
    for (let i = 0; i < count; i++) {
      if (flow[i] !== this.#flow || number[i] === 0) continue
      const place = this.#numbers[next] === number[i] ? next : (this.#places.get(number[i] ?? 0) ?? -1)
      next = place + 1
      if (place < 0 || this.#verdicts[place] !== NOT_OFFERED) continue
      this.#verdicts[place] = LETTERS[verdict[i] ?? 0] ?? NOT_OFFERED
      this.#by[place] = deciderOf(by[i] ?? Host.unknown)
      if (sightings.length > 0) this.#steps.set(step[i] ?? -1, place)
    }
    for (const one of emitted) {
      const own = one.cause < 0 ? one.flow === this.#flow : flow[one.cause] === this.#flow
      if (own)
        this.#told.push({
          packet: one.cause < 0 ? -1 : (this.#places.get(number[one.cause] ?? 0) ?? -1),
          kind: one.kind,
          to: endOf(one, packets),
          by: hostName(this.#hosts, one.by),
        })
    }
    for (const sighting of sightings) {
      const place = isForwardedAfterAll(sighting) ? this.#steps.get(sighting.step) : undefined
      if (place !== undefined) this.#verdicts[place] = FORWARD
    }
  }

  /** The same from the trace of a case. */
  takeTrace({ number, flow, verdict, by, emitted, emissions }: CaseTrace): void {
    this.#emissions ??= emissions
    for (const [i, of] of number.entries()) {
      const place = of === 0 || flow[i] !== this.#flow ? undefined : this.#places.get(of)
      if (place === undefined || this.#verdicts[place] !== NOT_OFFERED) continue
      const letter = verdict[i] ?? '-'
      this.#verdicts[place] = VERDICT_LETTERS.includes(letter) ? letter.charCodeAt(0) : NOT_OFFERED
      this.#by[place] = deciderOf(by[i] ?? Host.unknown)
    }
    for (const one of emitted) {
      const of = one.index < 0 ? one.flow : flow[one.index]
      if (of !== this.#flow) continue
      const packet = one.index < 0 ? -1 : (this.#places.get(number[one.index] ?? 0) ?? -1)
      this.#told.push({ packet, kind: one.kind, to: one.to, by: hostName(this.#hosts, one.by) })
    }
  }

  /** What was taken down. Cells are alike for the most part: equal texts are one. */
  played(): Played {
    return {
      verdicts: this.#one(this.#verdicts.toString('latin1')),
      by: this.#one(Buffer.from(this.#by.buffer).toString('utf16le')),
      told: this.#told,
      ...(this.#emissions === undefined ? {} : { emissions: this.#emissions }),
    }
  }

  #one(text: string): string {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    this.#known.set(text, text)
    return text
  }
}

function deciderOf(code: number): number {
  if (code === Host.loadBalancer) return FIRST_DECIDER
  if (code === Host.path || code === Host.bypass) return FIRST_DECIDER + 1
  if (code === Host.unknown) return FIRST_DECIDER + 2
  return FIRST_DECIDER + OTHERS.length + code
}

import { readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { ExceptionPolicy } from '../../model/setup.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { seededRandom } from '../../timeline/random.ts'
import { breakCapture, type HeldOut } from './held-out.ts'
import type { Values } from './knob-values.ts'
import type { Model } from './model.ts'
import type { Compiled } from './play.ts'
import type { Answer, SetupName } from './probe.ts'
import type { Outcome, Subject } from './subject.ts'

/** Of the packets of one class that the target answered in one way: how many the twin did, too. */
export interface Agreement {
  readonly class: string
  readonly verdict: string
  readonly packets: number
  readonly agreed: number
}

/** A packet that the twin answers otherwise. */
export interface Disagreement {
  readonly capture: string
  readonly broken: readonly string[]
  readonly policy: string
  readonly packet: number
  readonly class: string
  readonly target: string
  readonly twin: string
}

/** How well the reference with the learned knobs stands for the target, on captures that were not learned from. */
export interface TwinCheck {
  readonly cases: number
  readonly packets: number
  readonly agreed: number
  /** Packets that the target could not tell about. */
  readonly undecided: number
  readonly agreements: readonly Agreement[]
  readonly disagreements: readonly Disagreement[]
}

export interface TwinOptions {
  readonly subject: Subject
  readonly model: Model
  readonly values: Values
  readonly captures: readonly string[]
  readonly cases: number
  readonly seed: number
  /** Seconds of silence at most. */
  readonly longest: number
}

const POLICIES: readonly (SetupName & ExceptionPolicy)[] = ['drop', 'reject', 'continue']
const VERDICTS: Readonly<Record<string, string>> = { F: 'forward', D: 'drop', R: 'reject', A: 'answered' }
const SHOWN = 20

/** Breaks captures by chance, predicts what comes of each packet, and plays them to the target. */
export async function checkTwin(options: TwinOptions): Promise<TwinCheck> {
  const { subject, model, values, captures, cases, seed, longest } = options
  const random = seededRandom(seed)
  const policies = POLICIES.filter(
    (policy) => subject.policies.includes(policy) && subject.lacks(policy) === undefined,
  )
  const tally = new Tally()
  for (let played = 0; played < cases; played++) {
    const capture = captures[random() % captures.length] ?? ''
    const policy = policies[random() % policies.length]
    if (policy === undefined) break
    const held = await breakCapture(capture, random, longest)
    const outcomes = await subject.playHeldOut(held.compiled, policy)
    const predicted = await model.heldOut(values, asSent(held.compiled, outcomes), policy)
    const twin = values.tracker === 'conntrack' ? keptUntilWhole(held, predicted) : predicted
    tally.add(
      held,
      policy,
      outcomes.map(({ answer }) => answer),
      twin,
    )
  }
  return tally.read()
}

/**
 * Linux keeps fragments until their datagram is whole, which the reference leaves out (docs/decision-tables.md 10.10): what becomes of the
 * datagram becomes of all of them, and those of one that never is whole do not come out.
 */
function keptUntilWhole({ datagrams, whole }: HeldOut, predicted: readonly Answer[]): readonly Answer[] {
  const last = new Map(datagrams.map((datagram, at) => [datagram, at]))
  return predicted.map((answer, at) => {
    const datagram = datagrams[at] ?? -1
    if (datagram < 0) return answer
    return whole.has(datagram) ? predicted[last.get(datagram) ?? at] : 'D'
  })
}

/** At the times at which packets were really sent, where they were told. */
function asSent(compiled: Compiled, outcomes: readonly Outcome[]): Compiled {
  const begin = compiled.steps[0]?.at ?? 0
  const first = outcomes[0]?.sent?.[0]?.from
  if (first === undefined) return compiled
  const steps = compiled.steps.map((step, at) => ({
    ...step,
    at: begin + (outcomes[at]?.sent?.[0]?.from ?? first) - first,
  }))
  return { ...compiled, steps, prepared: new Map() }
}

/** The captures of a folder, or a capture. Throws ERR_CAPTURE_MISSING if there is none. */
export function capturesIn(path: string): readonly string[] {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined)
    throw new FlowbreakError('ERR_CAPTURE_MISSING', `There is no capture ${path}: check the path.`)
  if (!found.isDirectory()) return [path]
  const captures = readdirSync(path)
    .filter((name) => /\.pcap(ng)?$/.test(name))
    .sort()
    .map((name) => join(path, name))
  if (captures.length === 0)
    throw new FlowbreakError(
      'ERR_CAPTURE_MISSING',
      `${path} has no file that ends in .pcap or .pcapng: name a capture, or a folder of captures.`,
    )
  return captures
}

/** Per cent of the packets that were predicted, rounded down. */
export function agreedShare({ packets, agreed }: TwinCheck): number {
  return packets === 0 ? 0 : Math.floor((agreed * 10_000) / packets) / 100
}

class Tally {
  #cases = 0
  #undecided = 0
  readonly #counts = new Map<string, { packets: number; agreed: number }>()
  readonly #disagreements: Disagreement[] = []

  add(
    { capture, broken, classes, numbers }: HeldOut,
    policy: string,
    target: readonly (string | undefined)[],
    twin: readonly (string | undefined)[],
  ): void {
    this.#cases++
    classes.forEach((kind, at) => {
      const came = verdictOf(target[at])
      if (came === undefined) {
        this.#undecided++
        return
      }
      const key = `${kind}\n${came}`
      const count = this.#counts.get(key) ?? { packets: 0, agreed: 0 }
      this.#counts.set(key, count)
      count.packets++
      const predicted = verdictOf(twin[at]) ?? 'undecided'
      if (predicted === came) count.agreed++
      else if (this.#disagreements.length < SHOWN)
        this.#disagreements.push({
          capture: basename(capture),
          broken,
          policy,
          packet: numbers[at] ?? 0,
          class: kind,
          target: came,
          twin: predicted,
        })
    })
  }

  read(): TwinCheck {
    const agreements = [...this.#counts]
      .map(([key, count]): Agreement => {
        const [kind = '', verdict = ''] = key.split('\n')
        return { class: kind, verdict, ...count }
      })
      .sort((one, other) => (one.class + one.verdict < other.class + other.verdict ? -1 : 1))
    const sum = (of: (each: Agreement) => number) => agreements.reduce((total, each) => total + of(each), 0)
    return {
      cases: this.#cases,
      packets: sum(({ packets }) => packets),
      agreed: sum(({ agreed }) => agreed),
      undecided: this.#undecided,
      agreements,
      disagreements: this.#disagreements,
    }
  }
}

function verdictOf(word: string | undefined): string | undefined {
  return word === undefined ? undefined : VERDICTS[word[0] ?? '']
}

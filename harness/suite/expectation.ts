import type { Expectation, PacketExpectation } from '../model/case.ts'
import type { DirectionName, VerdictName } from '../model/codes.ts'
import type { AxisReader } from './axes.ts'
import type { Selectable } from './grammar.ts'
import { readSources, type Source, type Standing, standingOf } from './level.ts'
import type { Path } from './problems.ts'
import {
  type AnswerInput,
  type AtExpiryInput,
  type CounterInput,
  type CountersInput,
  type ExpectationInput,
  type ImpactInput,
  type OneWayInput,
  type PhaseInput,
  packetOfKey,
  type SourcesInput,
  type VerdictsInput,
} from './schema.ts'
import {
  asWord,
  didYouMean,
  ENDS,
  IMPACTS,
  listWords,
  notAWord,
  REASONS,
  TOWARDS,
  VERDICTS,
} from './words.ts'

/** What reading the expectations of one expanded case takes. */
export interface ExpectationContext {
  readonly reader: AxisReader
  /** Names of the phases that the case's injections make. */
  readonly phases: readonly string[]
  readonly hosts: readonly string[]
  /** Product of the case's profile. */
  readonly product: string
  readonly endpoints: 'recorded' | 'reactive'
  readonly sources: readonly Source[]
  /** The case's own level, and where it stands. */
  readonly level: Explicit | undefined
}

interface Explicit {
  readonly text: string
  readonly path: Path
}

/** What a mapping says of every answer inside it, unless that says otherwise. */
interface Details {
  readonly sources: readonly Source[]
  readonly level: Explicit | undefined
  readonly tolerated: readonly VerdictName[]
  readonly towards: PacketExpectation['towards']
  readonly by: string | undefined
  readonly reason: PacketExpectation['reason']
}

interface DetailsInput {
  readonly tolerated?: VerdictsInput | undefined
  readonly towards?: string | undefined
  readonly by?: string | undefined
  readonly reason?: string | undefined
  readonly source?: SourcesInput | undefined
  readonly level?: string | undefined
}

/** Deciders that are no host. */
const DECIDERS = ['lb', 'path', 'unknown']
const VERDICT_WORDS = [...VERDICTS, 'blocked']

/** Writes out what is expected of one expanded case: packets, then counters, then impact. */
export class ExpectationReader {
  readonly #context: ExpectationContext
  readonly #reader: AxisReader
  readonly #found: Expectation[] = []

  constructor(context: ExpectationContext) {
    this.#context = context
    this.#reader = context.reader
  }

  read(input: Selectable<ExpectationInput>, path: Path): readonly Expectation[] {
    const { sources, level } = this.#context
    const outer = { sources, level, tolerated: [], towards: undefined, by: undefined, reason: undefined }
    const selected = this.#reader.select<ExpectationInput>(input, path)
    if (selected !== undefined) {
      const { counters, impact, 'resets-at-expiry': resets, ...phases } = selected.value
      for (const [key, value] of Object.entries(phases))
        this.#phase(key, value, [...selected.path, key], outer)
      if (counters !== undefined) this.#counters(counters, [...selected.path, 'counters'], outer)
      if (resets !== undefined) this.#atExpiry(resets, [...selected.path, 'resets-at-expiry'], outer)
      if (impact !== undefined) this.#impact(impact, [...selected.path, 'impact'], outer)
    }
    return this.#found
  }

  #phase(key: string, input: Selectable<PhaseInput>, path: Path, outer: Details): void {
    const phase = this.#reader.text(key)
    const { phases } = this.#context
    if (!phases.includes(phase)) {
      const hint = didYouMean(phase, [...phases, 'counters', 'resets-at-expiry', 'impact'])
      this.#report(path, `This case has no phase "${phase}": it has ${listWords(phases)}.${hint}`, 'key')
      return
    }
    const selected = this.#reader.select<PhaseInput>(input, path)
    if (selected === undefined) return
    const { value } = selected
    if (isWords(value)) this.#answer(value, selected.path, outer, { phase, which: 'all' })
    else {
      const { c2s, s2c, ...both } = value
      const inner = this.#details(value, selected.path, outer)
      let named = this.#places(both, selected.path, inner, { phase })
      for (const [direction, oneWay] of [
        ['c2s', c2s],
        ['s2c', s2c],
      ] as const) {
        if (oneWay === undefined) continue
        named = true
        this.#oneWay(oneWay, [...selected.path, direction], inner, phase, direction)
      }
      if (!named)
        this.#report(selected.path, 'This names no packets: add all, first, rest, packet N, c2s or s2c.')
    }
  }

  #oneWay(
    input: Selectable<OneWayInput>,
    path: Path,
    outer: Details,
    phase: string,
    direction: DirectionName,
  ): void {
    const selected = this.#reader.select<OneWayInput>(input, path)
    if (selected === undefined) return
    const { value } = selected
    if (isWords(value)) this.#answer(value, selected.path, outer, { phase, direction, which: 'all' })
    else {
      const inner = this.#details(value, selected.path, outer)
      if (!this.#places(value, selected.path, inner, { phase, direction }))
        this.#report(selected.path, 'This names no packets: add all, first, rest or packet N.')
    }
  }

  /** Whether there was any of them. */
  #places(
    input: Readonly<Record<string, unknown>>,
    path: Path,
    outer: Details,
    whose: Pick<PacketExpectation, 'phase' | 'direction'>,
  ): boolean {
    let named = false
    for (const key in input) {
      const which = key === 'all' || key === 'first' || key === 'rest' ? key : packetOfKey(key)
      if (which === undefined) continue
      named = true
      // The schema has held every place against the grammar of answers.
      this.#answer(input[key] as Selectable<AnswerInput>, [...path, key], outer, { ...whose, which })
    }
    return named
  }

  #answer(
    input: Selectable<AnswerInput>,
    path: Path,
    outer: Details,
    whose: Pick<PacketExpectation, 'phase' | 'direction' | 'which'>,
  ): void {
    const selected = this.#reader.select<AnswerInput>(input, path)
    if (selected === undefined) return
    const { value } = selected
    const plain = isWords(value)
    const conforms = this.#verdicts(
      plain ? value : value.is,
      plain ? selected.path : [...selected.path, 'is'],
    )
    const details = plain ? outer : this.#details(value, selected.path, outer)
    const standing = this.#standing(details, selected.path)
    if (conforms.length === 0 || standing === undefined) return
    const rejects = conforms.includes('reject')
    if (!plain && value.towards !== undefined && !rejects)
      this.#report(
        [...selected.path, 'towards'],
        'Only a reject tells somebody: leave "towards" out, or expect a reject.',
      )
    const { towards, by, reason, tolerated } = details
    this.#found.push({
      kind: 'packets',
      ...whose,
      conforms,
      tolerated: tolerated.filter((verdict) => !conforms.includes(verdict)),
      ...(towards === undefined || !rejects ? {} : { towards }),
      ...(by === undefined ? {} : { by }),
      ...(reason === undefined ? {} : { reason }),
      ...standing,
    })
  }

  #counters(input: Selectable<CountersInput>, path: Path, outer: Details): void {
    const selected = this.#reader.select<CountersInput>(input, path)
    for (const [counter, written] of Object.entries(selected?.value ?? {})) {
      if (selected === undefined || written === undefined) continue
      const chosen = this.#reader.select<CounterInput>(written, [...selected.path, counter])
      if (chosen === undefined) continue
      const value = typeof chosen.value === 'number' ? { equals: chosen.value } : chosen.value
      const { hosts } = this.#context
      const host = this.#word(value.host, hosts, 'a host', [...chosen.path, 'host'])
      const standing = this.#standing(this.#details(value, chosen.path, outer), chosen.path)
      if (standing === undefined) continue
      this.#found.push({
        kind: 'counter',
        counter,
        ...(host === undefined ? {} : { host }),
        equals: value.equals,
        ...standing,
      })
    }
  }

  #atExpiry(input: Selectable<AtExpiryInput>, path: Path, outer: Details): void {
    const selected = this.#reader.select<AtExpiryInput>(input, path)
    for (const to of ENDS) {
      const written = selected?.value[to]
      if (selected === undefined || written === undefined) continue
      const chosen = this.#reader.select<CounterInput>(written, [...selected.path, to])
      if (chosen === undefined) continue
      const value = typeof chosen.value === 'number' ? { equals: chosen.value } : chosen.value
      if (value.host !== undefined)
        this.#report([...chosen.path, 'host'], 'Resets at expiry are counted over all hosts: leave host out.')
      const standing = this.#standing(this.#details(value, chosen.path, outer), chosen.path)
      if (standing !== undefined)
        this.#found.push({ kind: 'expiry-resets', to, equals: value.equals, ...standing })
    }
  }

  #impact(input: Selectable<ImpactInput>, path: Path, outer: Details): void {
    if (this.#context.endpoints === 'recorded')
      this.#report(path, 'An impact is felt by reactive endpoints only: write endpoints: reactive.', 'key')
    const selected = this.#reader.select<ImpactInput>(input, path)
    if (selected === undefined) return
    const { value } = selected
    const plain = isWords(value)
    const conforms = plain
      ? this.#words(value, IMPACTS, 'an impact', selected.path)
      : this.#words(value.is, IMPACTS, 'an impact', [...selected.path, 'is'])
    const standing = this.#standing(plain ? outer : this.#details(value, selected.path, outer), selected.path)
    if (standing !== undefined && conforms.length > 0)
      this.#found.push({ kind: 'impact', conforms, ...standing })
  }

  #details(input: DetailsInput, path: Path, outer: Details): Details {
    const { source, level, tolerated } = input
    return {
      sources: source === undefined ? outer.sources : readSources(source, [...path, 'source'], this.#reader),
      level: level === undefined ? outer.level : { text: this.#reader.text(level), path: [...path, 'level'] },
      tolerated:
        tolerated === undefined ? outer.tolerated : this.#verdicts(tolerated, [...path, 'tolerated']),
      towards: this.#word(input.towards, TOWARDS, 'somebody to tell', [...path, 'towards']) ?? outer.towards,
      by:
        this.#word(input.by, [...this.#context.hosts, ...DECIDERS], 'a decider', [...path, 'by']) ?? outer.by,
      reason: this.#word(input.reason, REASONS, 'a reason', [...path, 'reason']) ?? outer.reason,
    }
  }

  #standing({ sources, level }: Details, path: Path): Standing | undefined {
    return standingOf(sources, level?.text, this.#context.product, level?.path ?? path, this.#reader.report)
  }

  #verdicts(input: VerdictsInput, path: Path): readonly VerdictName[] {
    const words = this.#words(input, VERDICT_WORDS, 'a verdict', path)
    const names = words.flatMap((word) => (word === 'blocked' ? (['drop', 'reject'] as const) : word))
    return VERDICTS.filter((name) => names.includes(name))
  }

  #words<T extends string>(
    input: string | readonly string[],
    words: readonly T[],
    noun: string,
    path: Path,
  ): T[] {
    if (typeof input === 'string') {
      const word = this.#word(input, words, noun, path)
      return word === undefined ? [] : [word]
    }
    const found = input.map((text, index) => this.#word(text, words, noun, [...path, index]))
    return found.filter((word) => word !== undefined)
  }

  #word<T extends string>(
    input: string | undefined,
    words: readonly T[],
    noun: string,
    path: Path,
  ): T | undefined {
    if (input === undefined) return undefined
    const text = this.#reader.text(input)
    const word = asWord(words, text)
    if (word === undefined) this.#report(path, notAWord(text, noun, words))
    return word
  }

  #report(path: Path, message: string, on?: 'key'): void {
    this.#reader.report(path, message, on)
  }
}

function isWords(value: string | readonly string[] | object): value is string | string[] {
  return typeof value === 'string' || Array.isArray(value)
}

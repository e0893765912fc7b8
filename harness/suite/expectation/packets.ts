import type { PacketExpectation } from '../../model/case.ts'
import type { DirectionName } from '../../model/codes.ts'
import { didYouMean } from '../../support/did-you-mean.ts'
import type { AxisReader } from '../axes.ts'
import { type AnswerInput, type OneWayInput, type PhaseInput, packetOfKey } from '../expectation-schema.ts'
import type { Selectable } from '../grammar.ts'
import type { Path } from '../problems.ts'
import { listWords } from '../words.ts'
import type { ExpectationContext } from './context.ts'
import { type Details, type DetailsReader, isWords } from './details.ts'
import type { Found } from './found.ts'

/** Reads expectations of packets: by phase, then by direction if given, then by place in the phase. */
export class PacketReader {
  readonly #context: ExpectationContext
  readonly #reader: AxisReader
  readonly #detailed: DetailsReader
  readonly #found: Found

  /** Adds to `found`. */
  constructor(context: ExpectationContext, detailed: DetailsReader, found: Found) {
    this.#context = context
    this.#reader = context.reader
    this.#detailed = detailed
    this.#found = found
  }

  /** Reads the expectations of one phase. */
  phase(key: string, input: Selectable<PhaseInput>, path: Path, outer: Details): void {
    const phase = this.#reader.text(key)
    const { phases } = this.#context
    if (!phases.includes(phase)) {
      const hint = didYouMean(phase, [...phases, 'counters', 'resets-at-expiry', 'impact'])
      this.#reader.report(
        path,
        `This case has no phase "${phase}": it has ${listWords(phases)}.${hint}`,
        'key',
      )
      return
    }
    const selected = this.#reader.select<PhaseInput>(input, path)
    if (selected === undefined) return
    const { value } = selected
    if (isWords(value)) this.#answer(value, selected.path, outer, { phase, which: 'all' })
    else {
      const { c2s, s2c, ...both } = value
      const inner = this.#detailed.details(value, selected.path, outer)
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
        this.#reader.report(
          selected.path,
          'This does not say which packets: add all, first, rest, packet N, c2s or s2c.',
        )
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
      const inner = this.#detailed.details(value, selected.path, outer)
      if (!this.#places(value, selected.path, inner, { phase, direction }))
        this.#reader.report(
          selected.path,
          'This does not say which packets: add all, first, rest or packet N.',
        )
    }
  }

  /** Reads the keys that name packets; returns whether there were any. */
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
      // The schema has checked every such value against the grammar of answers.
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
    const conforms = this.#detailed.verdicts(
      plain ? value : value.is,
      plain ? selected.path : [...selected.path, 'is'],
    )
    const details = plain ? outer : this.#detailed.details(value, selected.path, outer)
    const standing = this.#detailed.standing(details, selected.path)
    if (conforms.length === 0 || standing === undefined) return
    const rejects = conforms.includes('reject')
    if (!plain && value.towards !== undefined && !rejects)
      this.#reader.report(
        [...selected.path, 'towards'],
        'Only a reject tells somebody: leave "towards" out, or expect a reject.',
      )
    const { towards, by, reason, parts, tolerated } = details
    this.#found.add(selected.path, details, {
      kind: 'packets',
      ...whose,
      conforms,
      tolerated: tolerated.filter((verdict) => !conforms.includes(verdict)),
      ...(towards === undefined || !rejects ? {} : { towards }),
      ...(by === undefined ? {} : { by }),
      ...(reason === undefined ? {} : { reason }),
      ...(parts === undefined ? {} : { parts }),
      ...standing,
    })
  }
}

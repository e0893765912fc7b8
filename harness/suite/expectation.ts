import type { Expectation } from '../model/case.ts'
import { UNALTERED } from '../model/fields.ts'
import type { AxisReader } from './axes.ts'
import type { ExpectationContext } from './expectation/context.ts'
import { type Details, DetailsReader, isWords } from './expectation/details.ts'
import { Found } from './expectation/found.ts'
import { PacketReader } from './expectation/packets.ts'
import type {
  AtExpiryInput,
  CounterInput,
  CountersInput,
  ExpectationInput,
  ImpactInput,
  UnalteredInput,
} from './expectation-schema.ts'
import type { Selectable } from './grammar.ts'
import type { Path } from './problems.ts'
import { ENDS, IMPACTS } from './words.ts'

/** Reads the expectations of one expanded case: packets, then counters, then impact. */
export class ExpectationReader {
  readonly #context: ExpectationContext
  readonly #reader: AxisReader
  readonly #detailed: DetailsReader
  readonly #packets: PacketReader
  readonly #found: Found

  constructor(context: ExpectationContext) {
    this.#context = context
    this.#reader = context.reader
    this.#found = new Found(context)
    this.#detailed = new DetailsReader(context)
    this.#packets = new PacketReader(context, this.#detailed, this.#found)
  }

  read(input: Selectable<ExpectationInput>, path: Path): readonly Expectation[] {
    const { sources, level, unreviewed } = this.#context
    const outer = {
      sources,
      level,
      tolerated: [],
      towards: undefined,
      by: undefined,
      reason: undefined,
      parts: undefined,
      unreviewed,
    }
    const selected = this.#reader.select<ExpectationInput>(input, path)
    if (selected !== undefined) {
      const { counters, impact, unaltered, 'resets-at-expiry': resets, ...phases } = selected.value
      for (const [key, value] of Object.entries(phases))
        this.#packets.phase(key, value, [...selected.path, key], outer)
      if (counters !== undefined) this.#counters(counters, [...selected.path, 'counters'], outer)
      if (resets !== undefined) this.#atExpiry(resets, [...selected.path, 'resets-at-expiry'], outer)
      if (impact !== undefined) this.#impact(impact, [...selected.path, 'impact'], outer)
      if (unaltered !== undefined) this.#unaltered(unaltered, [...selected.path, 'unaltered'], outer)
    }
    if (this.#context.transparency === 'strict') this.#strict(path, outer)
    return this.#found.list
  }

  #counters(input: Selectable<CountersInput>, path: Path, outer: Details): void {
    const selected = this.#reader.select<CountersInput>(input, path)
    for (const [counter, written] of Object.entries(selected?.value ?? {})) {
      if (selected === undefined || written === undefined) continue
      const chosen = this.#reader.select<CounterInput>(written, [...selected.path, counter])
      if (chosen === undefined) continue
      const value = typeof chosen.value === 'number' ? { equals: chosen.value } : chosen.value
      const { hosts } = this.#context
      const host = this.#detailed.word(value.host, hosts, 'a host', [...chosen.path, 'host'])
      const details = this.#detailed.details(value, chosen.path, outer)
      const standing = this.#detailed.standing(details, chosen.path)
      if (standing === undefined) continue
      this.#found.add(chosen.path, details, {
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
        this.#reader.report(
          [...chosen.path, 'host'],
          'Resets at expiry are counted over all hosts: leave host out.',
        )
      const details = this.#detailed.details(value, chosen.path, outer)
      const standing = this.#detailed.standing(details, chosen.path)
      if (standing !== undefined)
        this.#found.add(chosen.path, details, {
          kind: 'expiry-resets',
          to,
          equals: value.equals,
          ...standing,
        })
    }
  }

  #unaltered(input: Selectable<UnalteredInput>, path: Path, outer: Details): void {
    const selected = this.#reader.select<UnalteredInput>(input, path)
    if (selected === undefined) return
    const { value } = selected
    const plain = isWords(value)
    const names = Object.keys(UNALTERED)
    const fields = plain
      ? this.#detailed.words(value, names, 'a field', selected.path)
      : this.#detailed.words(value.is, names, 'a field', [...selected.path, 'is'])
    const details = plain ? outer : this.#detailed.details(value, selected.path, outer)
    const standing = this.#detailed.standing(details, selected.path)
    if (standing !== undefined && fields.length > 0)
      this.#found.add(selected.path, details, { kind: 'unaltered', fields, ...standing })
  }

  /** Transparency `strict` expects the same as `unaltered: all`. */
  #strict(path: Path, outer: Details): void {
    const standing = this.#detailed.standing(outer, path)
    if (standing !== undefined)
      this.#found.add(path, outer, { kind: 'unaltered', fields: ['all'], ...standing })
  }

  #impact(input: Selectable<ImpactInput>, path: Path, outer: Details): void {
    if (this.#context.endpoints === 'recorded')
      this.#reader.report(
        path,
        'An impact is felt by reactive endpoints only: write endpoints: reactive.',
        'key',
      )
    const selected = this.#reader.select<ImpactInput>(input, path)
    if (selected === undefined) return
    const { value } = selected
    const plain = isWords(value)
    const conforms = plain
      ? this.#detailed.words(value, IMPACTS, 'an impact', selected.path)
      : this.#detailed.words(value.is, IMPACTS, 'an impact', [...selected.path, 'is'])
    const details = plain ? outer : this.#detailed.details(value, selected.path, outer)
    const standing = this.#detailed.standing(details, selected.path)
    if (standing !== undefined && conforms.length > 0)
      this.#found.add(selected.path, details, { kind: 'impact', conforms, ...standing })
  }
}

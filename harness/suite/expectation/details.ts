import type { PacketExpectation, Standing } from '../../model/case.ts'
import type { VerdictName } from '../../model/codes.ts'
import type { AxisReader } from '../axes.ts'
import type { SourcesInput, VerdictsInput } from '../expectation-schema.ts'
import { readSources, type Source, standingOf } from '../level.ts'
import type { Path } from '../problems.ts'
import { asWord, notAWord, REASONS, TOWARDS, VERDICTS } from '../words.ts'
import type { ExpectationContext, Explicit } from './context.ts'

/** What a mapping says about every answer inside it, unless an inner mapping says otherwise. */
export interface Details {
  readonly sources: readonly Source[]
  readonly level: Explicit | undefined
  readonly tolerated: readonly VerdictName[]
  readonly towards: PacketExpectation['towards']
  readonly by: string | undefined
  readonly reason: PacketExpectation['reason']
  readonly parts: PacketExpectation['parts']
  /** Where it is marked as unreviewed; undefined: it is not. */
  readonly unreviewed: Path | undefined
}

export interface DetailsInput {
  readonly tolerated?: VerdictsInput | undefined
  readonly towards?: string | undefined
  readonly by?: string | undefined
  readonly reason?: string | undefined
  readonly parts?: readonly string[] | undefined
  readonly source?: SourcesInput | undefined
  readonly level?: string | undefined
  readonly unreviewed?: boolean | undefined
}

/** Names in `by` that are not hosts. */
const DECIDERS = ['lb', 'path', 'unknown']
const VERDICT_WORDS = [...VERDICTS, 'blocked']

/** Reads what is written about an answer besides the answer itself, and words out of fixed lists. */
export class DetailsReader {
  readonly #context: ExpectationContext
  readonly #reader: AxisReader

  constructor(context: ExpectationContext) {
    this.#context = context
    this.#reader = context.reader
  }

  /** The details written here, over those of `outer`. */
  details(input: DetailsInput, path: Path, outer: Details): Details {
    const { source, level, tolerated, unreviewed } = input
    return {
      sources: source === undefined ? outer.sources : readSources(source, [...path, 'source'], this.#reader),
      level: level === undefined ? outer.level : { text: this.#reader.text(level), path: [...path, 'level'] },
      tolerated: tolerated === undefined ? outer.tolerated : this.verdicts(tolerated, [...path, 'tolerated']),
      towards: this.word(input.towards, TOWARDS, 'somebody to tell', [...path, 'towards']) ?? outer.towards,
      by:
        this.word(input.by, [...this.#context.hosts, ...DECIDERS], 'a decider', [...path, 'by']) ?? outer.by,
      reason: this.word(input.reason, REASONS, 'a reason', [...path, 'reason']) ?? outer.reason,
      parts: input.parts?.map((text, index) => this.#part(text, [...path, 'parts', index])) ?? outer.parts,
      unreviewed:
        unreviewed === undefined ? outer.unreviewed : unreviewed ? [...path, 'unreviewed'] : undefined,
    }
  }

  /** Reads `fw-b forwarder`: the host must be one of the setup's; the part is checked by the model. */
  #part(text: string, path: Path): string {
    const [, host, part] = /^(\S+) (\S.*)$/.exec(this.#reader.text(text)) ?? []
    if (part === undefined)
      this.#reader.report(
        path,
        `"${text}" is not a part: write a host and what it did, as in fw-b forwarder.`,
      )
    else this.word(host, this.#context.hosts, 'a host', path)
    return `${host} ${part}`
  }

  /**
   * The level and source of an expectation; undefined, and reported, if no source is given. An unreviewed expectation is provisional,
   * whatever its source.
   */
  standing({ sources, level, unreviewed }: Details, path: Path): Standing | undefined {
    const { report } = this.#reader
    const standing = standingOf(sources, level?.text, this.#context.product, level?.path ?? path, report)
    if (standing === undefined || unreviewed === undefined) return standing
    return { ...standing, level: 'provisional', unreviewed: true }
  }

  /** In the order of `VERDICTS`; `blocked` stands for drop and reject. */
  verdicts(input: VerdictsInput, path: Path): readonly VerdictName[] {
    const words = this.words(input, VERDICT_WORDS, 'a verdict', path)
    const names = words.flatMap((word) => (word === 'blocked' ? (['drop', 'reject'] as const) : word))
    return VERDICTS.filter((name) => names.includes(name))
  }

  /** The words written; invalid ones are reported and left out. */
  words<T extends string>(
    input: string | readonly string[],
    words: readonly T[],
    noun: string,
    path: Path,
  ): T[] {
    if (typeof input === 'string') {
      const word = this.word(input, words, noun, path)
      return word === undefined ? [] : [word]
    }
    const found = input.map((text, index) => this.word(text, words, noun, [...path, index]))
    return found.filter((word) => word !== undefined)
  }

  /** The word written; undefined, and reported, if it is not one of `words`. */
  word<T extends string>(
    input: string | undefined,
    words: readonly T[],
    noun: string,
    path: Path,
  ): T | undefined {
    if (input === undefined) return undefined
    const text = this.#reader.text(input)
    const word = asWord(words, text)
    if (word === undefined) this.#reader.report(path, notAWord(text, noun, words))
    return word
  }
}

/** Whether this is one word or a list of them, rather than a mapping. */
export function isWords(value: string | readonly string[] | object): value is string | string[] {
  return typeof value === 'string' || Array.isArray(value)
}

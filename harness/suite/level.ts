import type { Provenance, Standing } from '../model/case.ts'
import type { Mark } from '../model/setup.ts'
import type { AxisReader } from './axes.ts'
import type { SourcesInput } from './expectation-schema.ts'
import type { Path, Report } from './problems.ts'
import { asWord, LEVELS, MARKS, notAWord } from './words.ts'

export interface Source extends Provenance {
  /** The product that the source is about; absent: documentation about no particular product. */
  readonly product?: string
}

/** Reads one source or several; those with a mistake are reported and left out. */
export function readSources(input: SourcesInput, path: Path, reader: AxisReader): readonly Source[] {
  const { report } = reader
  const list = [reader.deep(input)].flat()
  return list.flatMap(({ mark: text, where, product }, index) => {
    const at = Array.isArray(input) ? [...path, index] : path
    const mark = asWord(MARKS, text)
    if (mark === undefined) {
      report([...at, 'mark'], notAWord(text, 'a mark', MARKS))
      return []
    }
    if (RESTS_ON_PRODUCT.has(mark) && product === undefined) {
      report(at, `${mark} is a fact about one product: add "product", as in product: suricata.`)
      return []
    }
    return [{ mark, where, ...(product === undefined ? {} : { product }) }]
  })
}

const RESTS_ON_PRODUCT: ReadonlySet<Mark> = new Set<Mark>(['SRC', 'RUN'])
const DOCUMENTED: ReadonlySet<Mark> = new Set<Mark>(['DOC', 'SEED'])

/** Core: documentation of this product or of no particular one, and this product's own source or behaviour (docs/design.md, grading). */
function isCore({ mark, product: of }: Source, product: string): boolean {
  if (DOCUMENTED.has(mark)) return of === undefined || of === product
  return RESTS_ON_PRODUCT.has(mark) && of === product
}

/**
 * The standing of an expectation in a profile of `product`: by the first of its sources that makes it core, or else by the first
 * source; an explicit level lowers it. Undefined without a source; level `core` without a source that makes it core is reported.
 */
export function standingOf(
  sources: readonly Source[],
  explicit: string | undefined,
  product: string,
  path: Path,
  report: Report,
): Standing | undefined {
  const core = sources.find((source) => isCore(source, product))
  const best = core ?? sources[0]
  if (best === undefined) return undefined
  const level = explicit === undefined ? undefined : asWord(LEVELS, explicit)
  if (explicit !== undefined && level === undefined) report(path, notAWord(explicit, 'a level', LEVELS))
  if (level === 'core' && core === undefined)
    report(
      path,
      `Nothing makes this core in a profile of ${product}: ${sources.map(({ mark }) => mark).join(', ')} is provisional there.`,
    )
  return {
    level: level ?? (core === undefined ? 'provisional' : 'core'),
    provenance: { mark: best.mark, where: best.where },
  }
}

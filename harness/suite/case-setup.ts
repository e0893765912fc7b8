import type { Setup } from '../model/setup.ts'
import type { AxisReader, AxisValues } from './axes.ts'
import type { Path } from './problems.ts'
import type { CaseInput, HeaderInput } from './schema.ts'
import { LOAD_BALANCER_AXES, readSetup, SETUP_AXES, type SetupInput } from './setup.ts'

/** Makes the setups of a suite's cases: the suite's, the case's over it key by key, and the axes that name a key over both. */
export class SetupMaker {
  readonly #suite: HeaderInput
  /** Setups made so far, by what they were made from: a suite has few. */
  readonly #made = new Map<string, Setup>()

  constructor(suite: HeaderInput) {
    this.#suite = suite
  }

  /** The setup of one expanded case; `path`: where the case stands. */
  make(input: CaseInput, path: Path, reader: AxisReader): Setup {
    const written = mergeSetups(
      reader.deep(this.#suite.setup ?? {}),
      reader.deep(input.setup ?? {}),
      setupOfAxes(reader.values),
    )
    const from = JSON.stringify(written)
    const known = this.#made.get(from)
    if (known !== undefined) return known
    let good = true
    const setup = readSetup(written, (key, message) => {
      good = false
      reader.report(sourceOf(key, input, path, reader), message)
    })
    if (good) this.#made.set(from, setup)
    return setup
  }
}

/** Where a key of a merged setup was written: in a matrix, the case's setup, or the suite's. */
function sourceOf(key: Path, input: CaseInput, path: Path, reader: AxisReader): Path {
  const [first, second] = key.map(String)
  const name = first === 'load-balancer' ? second : first
  const axes: readonly string[] = first === 'load-balancer' ? LOAD_BALANCER_AXES : SETUP_AXES
  const value = name === undefined || !axes.includes(name) ? undefined : reader.values[name]
  if (name !== undefined && value !== undefined) {
    const matrix = input.matrix?.[name] === undefined ? ['matrix'] : [...path, 'matrix']
    return [...matrix, name, reader.axes[name]?.indexOf(value) ?? 0]
  }
  const own = first === 'load-balancer' ? input.setup?.['load-balancer'] : input.setup
  const ofCase = own !== undefined && Object.hasOwn(own, String(name))
  return ofCase ? [...path, 'setup', ...key] : ['setup', ...key]
}

function mergeSetups(...setups: readonly SetupInput[]): SetupInput {
  return Object.assign({}, ...setups, {
    'load-balancer': Object.assign({}, ...setups.map((setup) => setup['load-balancer'])),
  })
}

/** The keys of a setup that axes of their names set. */
function setupOfAxes(values: AxisValues): SetupInput {
  const pick = (keys: readonly string[]): Readonly<Record<string, string>> =>
    Object.fromEntries(keys.flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]])))
  return { ...pick(SETUP_AXES), 'load-balancer': pick(LOAD_BALANCER_AXES) }
}

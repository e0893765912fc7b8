import { dirname, resolve } from 'node:path'
import type { OwnProfile, Setup } from '../model/setup.ts'
import { FlowbreakError } from '../support/errors.ts'
import type { AxisReader, AxisValues } from './axes.ts'
import { PLACEHOLDER } from './grammar.ts'
import { isProfileFile, readOwnProfile } from './own-profile.ts'
import type { Path, Report } from './problems.ts'
import type { CaseInput, HeaderInput } from './schema.ts'
import { LOAD_BALANCER_AXES, SETUP_AXES, type SetupInput } from './setup/input.ts'
import { readSetup } from './setup.ts'

/** What replaces a profile for a firewall that cannot be set to it; undefined: nothing. Profile and policy as written. */
export type ProfileInStead = (
  profile: string | undefined,
  policy: string | undefined,
) => string | OwnProfile | undefined

/** Makes the setups of a suite's cases: that of the suite, overridden key by key by the case's, and both by axes that name a key. */
export class SetupMaker {
  readonly #suite: HeaderInput
  readonly #file: string
  /** Users' own profiles read so far, by file; undefined: it was invalid, which has been reported. */
  readonly #profiles = new Map<string, OwnProfile | undefined>()
  /** Setups made so far, by their input: a suite has few. */
  readonly #made = new Map<string, Setup>()
  /** By entry: the axes that its setups depend on, and the setups made for their values. */
  readonly #ofEntry = new WeakMap<CaseInput, EntrySetups>()
  readonly #stead: ProfileInStead | undefined
  /** By key of a setup: the input that it was made from, with profiles by file already read. */
  readonly written = new Map<string, SetupInput>()

  /** `stead`: replaces the profiles of cases, if the suite is about any firewall. */
  constructor(suite: HeaderInput, file: string, stead?: ProfileInStead) {
    this.#suite = suite
    this.#file = file
    this.#stead = suite['any-firewall'] === true ? stead : undefined
  }

  /** The setup of one expanded case; `path`: where the case stands. */
  make(input: CaseInput, path: Path, reader: AxisReader): Setup {
    const { axes, made } = this.#entrySetups(input, reader)
    let key = ''
    for (const axis of axes) key += `${reader.values[axis]}\n`
    const known = made.get(key)
    if (known !== undefined) return known
    const setup = this.#make(input, path, reader)
    if (!reader.failed) made.set(key, setup)
    return setup
  }

  #entrySetups(input: CaseInput, reader: AxisReader): EntrySetups {
    let found = this.#ofEntry.get(input)
    if (found === undefined) {
      const named = JSON.stringify([this.#suite.setup, input.setup]).matchAll(PLACEHOLDER)
      const asked = new Set<string>([
        ...SETUP_AXES,
        ...LOAD_BALANCER_AXES,
        ...[...named].map(([, name = '']) => name),
      ])
      found = { axes: Object.keys(reader.axes).filter((axis) => asked.has(axis)), made: new Map() }
      this.#ofEntry.set(input, found)
    }
    return found
  }

  #make(input: CaseInput, path: Path, reader: AxisReader): Setup {
    const written = mergeSetups(
      reader.deep(this.#suite.setup ?? {}),
      reader.deep(input.setup ?? {}),
      setupOfAxes(reader.values),
    )
    const from = JSON.stringify(written)
    const known = this.#made.get(from)
    if (known !== undefined) return known
    let good = true
    const report: Report = (key, message) => {
      good = false
      reader.report(sourceOf(key, input, path, reader), message)
    }
    const whole = this.#withProfile(written, report)
    const setup = readSetup(whole, report, dirname(this.#file))
    if (good) this.#made.set(from, setup)
    if (good) this.written.set(setup.key, whole)
    return setup
  }

  /** The setup with the profile that it names by file; the path is relative to the suite. */
  #withProfile(written: SetupInput, report: Report): SetupInput {
    const { profile, policy } = written
    const stead = this.#stead?.(typeof profile === 'string' ? profile : undefined, policy)
    if (stead !== undefined) return { ...written, profile: stead }
    if (typeof profile !== 'string' || !isProfileFile(profile)) return written
    const file = resolve(dirname(this.#file), profile)
    if (!this.#profiles.has(file)) this.#profiles.set(file, readProfile(file, report))
    return { ...written, profile: this.#profiles.get(file) }
  }
}

interface EntrySetups {
  readonly axes: readonly string[]
  readonly made: Map<string, Setup>
}

function readProfile(file: string, report: Report): OwnProfile | undefined {
  try {
    return readOwnProfile(file)
  } catch (thrown) {
    if (!(thrown instanceof FlowbreakError) || thrown.code !== 'ERR_PROFILE') throw thrown
    for (const line of thrown.message.split('\n')) report(['profile'], line)
    return undefined
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
  return { ...picked(values, SETUP_AXES), 'load-balancer': picked(values, LOAD_BALANCER_AXES) }
}

function picked(values: AxisValues, keys: readonly string[]): Readonly<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const key of keys) {
    const value = values[key]
    if (value !== undefined) found[key] = value
  }
  return found
}

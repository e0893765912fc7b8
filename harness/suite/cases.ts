import type { Case, Expectation } from '../model/case.ts'
import { TRANSPARENCIES } from '../model/fields.ts'
import { profileOf } from '../profile/index.ts'
import { isRecord } from '../support/record.ts'
import {
  type Axes,
  AxisReader,
  type AxisValues,
  checkMatrix,
  checkPlaceholders,
  combinations,
  mergeAxes,
} from './axes.ts'
import { CaptureFinder } from './captures.ts'
import { ExpectationMaker } from './case-expectations.ts'
import { InjectionMaker } from './case-injections.ts'
import { type ProfileInStead, SetupMaker } from './case-setup.ts'
import { reportIssues } from './issues.ts'
import { type Path, type Place, Problems, type Report } from './problems.ts'
import { readYaml, type YamlFile } from './read.ts'
import { type CaseInput, type HeaderInput, suiteCase, suiteHeader } from './schema.ts'
import { LOAD_BALANCER_AXES, SETUP_AXES, type SetupInput } from './setup/input.ts'
import { asWord, ENDPOINTS, notAWord } from './words.ts'

export interface LoadedSuite {
  /** The beginning of the names of its cases. */
  readonly name: string
  readonly title: string
  /** The path that it was loaded from, as given. */
  readonly file: string
  readonly cases: readonly Case[]
  /** The place of a path in the file; paths of a case begin with `cases` and its index. */
  readonly locate: (path: Path, on?: 'key') => Place
  /** Where an expectation of its cases is written. */
  readonly placeOf: (expectation: Expectation) => Stands
  /** The index in the file's `cases` of the entry that a case was made from. */
  readonly entryOf: (test: Case) => number
  /** How the setups of its cases are written, by their keys: another suite with such a setup has cases of the same key. */
  readonly setups: ReadonlyMap<string, SetupInput>
}

/** Where an expectation is written, and where it is marked as unreviewed, if it is. */
export interface Stands {
  readonly at: Place
  readonly mark?: Place
}

export interface LoadOptions {
  /** Folders that are searched for captures by name. */
  readonly captures: readonly string[]
  /** What replaces profiles in suites about any firewall. */
  readonly stead?: ProfileInStead | undefined
}

/**
 * Reads a suite file and makes its cases, one for each combination of axes. Throws ERR_SUITE with every mistake in the file, each as
 * `file:line:column: sentence`.
 */
export function loadSuite(file: string, options: LoadOptions): LoadedSuite {
  return suiteOf(readYaml(file, 'ERR_SUITE'), file, options)
}

/** Like `loadSuite`, for a file that has been parsed. */
export function suiteOf(yaml: YamlFile, file: string, options: LoadOptions): LoadedSuite {
  const problems = new Problems(file, (path, on) => yaml.locate(path, on))
  const header = suiteHeader.safeParse(yaml.value)
  if (!header.success) reportIssues(header.error.issues, [], yaml.value, problems.report)
  const maker = header.data && new CaseMaker(header.data, file, options, problems.report)
  // Cases beyond the limit are not made.
  const entries = casesOf(yaml.value).flatMap((written, index) => {
    const path = ['cases', index]
    const parsed = suiteCase.safeParse(written)
    if (parsed.success) return maker?.entry(parsed.data, path, yaml.locate(path).line) ?? []
    reportIssues(parsed.error.issues, path, yaml.value, problems.report)
    return []
  })
  const cases = maker?.areTooMany === true ? [] : entries.flatMap((make) => make())
  problems.throwIfAny('ERR_SUITE')
  const at = (path: Path) => yaml.locate(path)
  return {
    name: header.data?.suite ?? '',
    title: header.data?.title ?? '',
    file,
    cases,
    locate: (path, on) => yaml.locate(path, on),
    placeOf: (expectation) => {
      const { path = [], mark } = maker?.places.get(expectation) ?? {}
      return { at: at(path), ...(mark === undefined ? {} : { mark: at(mark) }) }
    },
    entryOf: (test) => maker?.entries.get(test) ?? 0,
    setups: maker?.setups ?? new Map(),
  }
}

/** The entries of `cases`, even if the rest of the file is wrong. */
function casesOf(value: unknown): readonly unknown[] {
  return isRecord(value) && Array.isArray(value.cases) ? value.cases : []
}

const NONE: string[] = []
const SETS_SETUP: ReadonlySet<string> = new Set([...SETUP_AXES, ...LOAD_BALANCER_AXES])
/** Most cases of one suite; all of them are in memory at once. */
const MOST_CASES = 200_000

/** Makes the cases of one suite. */
class CaseMaker {
  readonly #suite: HeaderInput
  readonly #file: string
  readonly #captures: CaptureFinder
  readonly #report: Report
  readonly #setups: SetupMaker
  readonly #injections = new InjectionMaker()
  readonly #expectations = new ExpectationMaker((expectation, path, mark) => {
    this.places.set(expectation, { path, mark })
  })
  /** Combinations of axes, which most entries of a suite share. */
  readonly #combinations = new Map<string, readonly AxisValues[] | undefined>()
  readonly #names = new Set<string>()
  #count = 0
  readonly places = new WeakMap<Expectation, { readonly path: Path; readonly mark: Path | undefined }>()
  readonly entries = new WeakMap<Case, number>()

  constructor(suite: HeaderInput, file: string, { captures, stead }: LoadOptions, report: Report) {
    this.#suite = suite
    this.#setups = new SetupMaker(suite, file, stead)
    this.#file = file
    this.#captures = new CaptureFinder(captures, file)
    this.#report = report
    checkMatrix(suite.matrix ?? {}, ['matrix'], report)
    if (suite['any-firewall'] === true && suite.matrix?.profile !== undefined)
      report(
        ['matrix', 'profile'],
        'A suite about any firewall has no axis "profile": name one in setup, or leave any-firewall out.',
        'key',
      )
  }

  /** As in `LoadedSuite`. */
  get setups(): ReadonlyMap<string, SetupInput> {
    return this.#setups.written
  }

  /** Functions that make the cases of one entry of `cases`; none if its axes are wrong. */
  entry(input: CaseInput, path: Path, line: number): readonly (() => readonly Case[])[] {
    if (this.#names.has(input.name))
      this.#report([...path, 'name'], `There are two cases named "${input.name}" in this suite.`)
    this.#names.add(input.name)
    checkMatrix(input.matrix ?? {}, [...path, 'matrix'], this.#report)
    const axes = mergeAxes(this.#suite.matrix ?? {}, input.matrix ?? {})
    const suiteSetup = checkPlaceholders(this.#suite.setup, ['setup'], axes, this.#report)
    if (!checkPlaceholders(input, path, axes, this.#report) || !suiteSetup) return []
    const made = this.#combined(axes)
    if (made === undefined) this.#report(path, 'The axes of this case make more than 10,000 cases.')
    this.#count += made?.length ?? 0
    if (this.areTooMany) {
      this.#report(
        ['cases'],
        'The cases of this suite are more than 200,000: part them into several suites.',
        'key',
      )
      return []
    }
    return [() => this.#all(input, path, line, axes, made ?? [])]
  }

  /** Whether the entries so far make more cases than a suite may have. */
  get areTooMany(): boolean {
    return this.#count > MOST_CASES
  }

  #combined(axes: Axes): readonly AxisValues[] | undefined {
    const key = JSON.stringify(axes)
    if (!this.#combinations.has(key)) this.#combinations.set(key, combinations(axes))
    return this.#combinations.get(key)
  }

  /** A case for each combination. Cases that differ in no axis on which anything depends differ only in their names and axes. */
  #all(
    input: CaseInput,
    path: Path,
    line: number,
    axes: Axes,
    combined: readonly AxisValues[],
  ): readonly Case[] {
    const asked = axesAskedFor(this.#suite, input, axes)
    const read = new Map<string, Case>()
    return combined.map((values) => {
      let key = ''
      for (const axis of asked) key += `${values[axis]}\n`
      const name = caseName(this.#suite.suite, input.name, values)
      const like = read.get(key)
      if (like !== undefined) return this.#noted({ ...like, name, axes: values }, path)
      const reader = new AxisReader(axes, values, this.#report)
      const made = this.#one(input, path, line, reader, name)
      if (!reader.failed) read.set(key, made)
      return this.#noted(made, path)
    })
  }

  #noted(made: Case, path: Path): Case {
    this.entries.set(made, Number(path[1]))
    return made
  }

  #one(input: CaseInput, path: Path, line: number, reader: AxisReader, name: string): Case {
    const { axes, values } = reader
    const setup = this.#setups.make(input, path, reader)
    const written = reader.text(input.endpoints ?? 'recorded')
    const endpoints = asWord(ENDPOINTS, written) ?? 'recorded'
    if (endpoints !== written)
      reader.report([...path, 'endpoints'], notAWord(written, 'a kind of endpoints', ENDPOINTS))
    const asked = input.transparency ?? this.#suite.transparency
    const wanted = asked === undefined ? undefined : reader.text(asked)
    const transparency = asWord(TRANSPARENCIES, wanted)
    if (transparency !== wanted)
      reader.report([...path, 'transparency'], notAWord(wanted, 'a transparency', TRANSPARENCIES))
    const { hosts, loadBalancer, sharing } = setup.topology
    const stickiness = loadBalancer.stickiness ?? '5-tuple'
    const among = { hosts, endpoints, stickiness, sharing: sharing.kind } as const
    const { injections, phases } = this.#injections.make(input, path, among, reader)
    const { product } = profileOf(setup)
    const beside = { axes, values, phases, hosts, product, endpoints, transparency }
    const expectations = this.#expectations.make(input, path, beside, reader)
    if (expectations.length === 0 && !reader.failed)
      reader.report([...path, 'expect'], 'Nothing is expected of this case.', 'key')
    return {
      name,
      suite: this.#suite.suite,
      file: this.#file,
      line,
      rows: reader.deep(input.rows ?? NONE),
      tags: reader.deep(input.tags ?? NONE),
      requirement: reader.text(input.requirement),
      axes: values,
      capture: this.#captureOf(input.capture, [...path, 'capture'], reader),
      flow: input.flow === 'all' ? -1 : (input.flow ?? 0),
      endpoints,
      setup,
      injections,
      ...(transparency === undefined ? {} : { transparency }),
      expectations,
    }
  }

  #captureOf(written: string, path: Path, reader: AxisReader): string {
    const name = reader.text(written)
    const found = this.#captures.find(name)
    if (found === undefined)
      reader.report(
        path,
        `There is no capture "${name}": give the name of a recorded capture or a path relative to the suite.`,
      )
    return found ?? name
  }
}

/** Axes on which an entry's cases depend apart from their names: those that it mentions, and those that set a key of its setup. */
function axesAskedFor(suite: HeaderInput, input: CaseInput, axes: Axes): readonly string[] {
  const { matrix: _, ...written } = input
  const text = JSON.stringify([suite.setup, suite.transparency, written])
  return Object.keys(axes).filter((axis) => SETS_SETUP.has(axis) || text.includes(axis))
}

/** `suite/case/policy:drop/family:ipv4`. */
function caseName(suite: string, name: string, values: AxisValues): string {
  let path = `${suite}/${name}`
  for (const axis in values) path += `/${axis}:${values[axis]}`
  return path
}

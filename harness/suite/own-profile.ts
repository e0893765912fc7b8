import { basename, extname } from 'node:path'
import type { Knob, KnobValue, OwnProfile } from '../model/setup.ts'
import { profileNames } from '../profile/index.ts'
import { isKnob, KNOBS, wrongValue } from '../profile/schema.ts'
import { didYouMean } from '../support/did-you-mean.ts'
import { isRecord } from '../support/record.ts'
import { type Path, Problems, type Report } from './problems.ts'
import { readYaml } from './read.ts'
import { asWord, MARKS, notAWord } from './words.ts'

const KEYS = ['name', 'extends', 'title', 'product', 'knobs']
/** Further keys that `flowbreak learn` writes, for people to read. */
const LEARNED_KEYS = ['learned', 'unknown', 'troubles', 'unsteady', 'unexplained']
const KNOB_KEYS = ['value', 'mark', 'source']
const LEARNED_KNOB_KEYS = ['confidence', 'probes', 'evidence']

/**
 * Reads a user's own profile from a YAML or JSON file: `extends: NAME`, and under `knobs` whatever differs, each
 * `{ value, mark, source }` (by default mark INF and the file's name as source),
 * or a file that `flowbreak learn` wrote. Throws ERR_PROFILE with every mistake as
 * `file:line:column: sentence`.
 */
export function readOwnProfile(file: string): OwnProfile {
  const yaml = readYaml(file, 'ERR_PROFILE')
  const problems = new Problems(file, (path, on) => yaml.locate(path, on))
  const { report } = problems
  const { value } = yaml
  if (!isRecord(value)) report([], 'Write a mapping with extends and knobs.')
  const written = isRecord(value) ? value : {}
  for (const key of Object.keys(written))
    if (!KEYS.includes(key) && !LEARNED_KEYS.includes(key))
      report(
        [key],
        `"${key}" is not a key of a profile: write ${KEYS.join(', ')}.${didYouMean(key, KEYS)}`,
        'key',
      )
  const base = asWord(profileNames(), written.extends)
  if (base === undefined) report(['extends'], notAWord(written.extends ?? '', 'a profile', profileNames()))
  const name = textOf(written, 'name', report) ?? basename(file, extname(file))
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(name) || asWord(profileNames(), name) !== undefined)
    report(
      ['name'],
      `"${name}" cannot name it: write a-z, 0-9, ".", "_" and "-", and no known profile's name.`,
    )
  const title = textOf(written, 'title', report)
  const product = textOf(written, 'product', report)
  const knobs = knobsOf(written.knobs, basename(file), report)
  problems.throwIfAny('ERR_PROFILE')
  return {
    name,
    extends: base ?? '',
    ...(title === undefined ? {} : { title }),
    ...(product === undefined ? {} : { product }),
    knobs,
  }
}

/** Whether the text names a profile by its file rather than by its name. */
export function isProfileFile(text: string): boolean {
  return /[/\\]|\.(ya?ml|json)$/.test(text)
}

function textOf(written: Readonly<Record<string, unknown>>, key: string, report: Report): string | undefined {
  const value = written[key]
  if (value === undefined || (typeof value === 'string' && value !== '')) return value
  report([key], `Write ${key} as text.`)
  return undefined
}

function knobsOf(value: unknown, source: string, report: Report): Readonly<Record<string, Knob<KnobValue>>> {
  if (value === undefined) return {}
  if (!isRecord(value)) {
    report(['knobs'], 'Write a mapping from knobs to { value, mark, source }.')
    return {}
  }
  const read: Record<string, Knob<KnobValue>> = {}
  for (const [name, written] of Object.entries(value)) {
    const knob = knobOf(name, written, source, report)
    if (knob !== undefined) read[name] = knob
  }
  return read
}

function knobOf(name: string, written: unknown, source: string, report: Report): Knob<KnobValue> | undefined {
  const path: Path = ['knobs', name]
  if (!isKnob(name)) {
    report(path, `There is no knob "${name}".${didYouMean(name, Object.keys(KNOBS))}`, 'key')
    return undefined
  }
  if (!isRecord(written) || written.value === undefined) {
    report(path, 'Write { value, mark, source }, of which value must be there.')
    return undefined
  }
  for (const key of Object.keys(written))
    if (!KNOB_KEYS.includes(key) && !LEARNED_KNOB_KEYS.includes(key))
      report([...path, key], `"${key}" is not a part of a knob: write value, mark, source.`, 'key')
  const wrong = wrongValue(name, written.value)
  if (wrong !== undefined) report([...path, 'value'], `This is not a value of ${name}: ${wrong}.`)
  const mark = asWord(MARKS, written.mark ?? 'INF')
  if (mark === undefined) report([...path, 'mark'], notAWord(written.mark, 'a mark', MARKS))
  if (written.source !== undefined && typeof written.source !== 'string')
    report([...path, 'source'], 'Write source as text.')
  return {
    value: written.value as KnobValue,
    mark: mark ?? 'INF',
    source: typeof written.source === 'string' ? written.source : source,
  }
}

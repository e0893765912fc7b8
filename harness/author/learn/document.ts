import { stringify } from 'yaml'
import { getProfile } from '../../profile/index.ts'
import type { Evidence } from './findings.ts'
import { type KnobName, sameValue, valuesOf, valueText } from './knob-values.ts'
import { agrees, type Learned } from './learn.ts'

/** What stands in the profile of a target about how it was learned. */
export interface LearnedFrom {
  readonly target: string
  readonly version: string
  readonly probes: number
  readonly replays: number
  readonly packets: number
  readonly seed: number
}

/** A learned profile as its file has it. */
export interface ProfileDocument {
  readonly name: string
  readonly extends: string
  readonly title: string
  readonly learned: LearnedFrom
  readonly knobs: Readonly<Record<string, KnobEntry>>
  /** By knob: why it is not known; it is as in the profile that this one extends. */
  readonly unknown: Readonly<Record<string, string>>
  readonly troubles?: readonly string[]
  readonly unexplained?: readonly string[]
}

export interface KnobEntry {
  readonly value: unknown
  readonly mark: 'RUN'
  readonly source: string
  readonly confidence: string
  /** Names of the probes that show it. */
  readonly probes: readonly string[]
  /** What came of them, a word a packet, and what would have come if it were another value. */
  readonly evidence: readonly string[]
}

/** The learned profile, to be written and used: knobs that are known, and why others are not. */
export function documentOf(learned: Learned, name: string, seed: number): ProfileDocument {
  const { target, version, nearest, probes, replays, packets, troubles, unexplained } = learned
  const knobs: Record<string, KnobEntry> = {}
  const unknown: Record<string, string> = {}
  const base = valuesOf(getProfile(nearest))
  const source = `learned from target ${target}${version === '' ? '' : ` (${version})`}`
  for (const [knob, finding] of learned.findings) {
    const first = 'unknown' in finding && !agrees(finding, base[knob]) ? finding.among?.[0] : undefined
    if ('unknown' in finding) unknown[knob] = finding.unknown
    if (first !== undefined)
      knobs[knob] = { value: first, mark: 'RUN', source, confidence: 'low', probes: [], evidence: [] }
    else if (!('unknown' in finding))
      knobs[knob] = {
        value: inOrder(knob, finding.value, nearest),
        mark: 'RUN',
        source,
        confidence: finding.confidence,
        probes: finding.evidence.map(({ probe }) => probe),
        evidence: finding.evidence.map(evidenceText),
      }
  }
  return {
    name,
    extends: nearest,
    title: `${target} as learned`,
    learned: { target, version, probes, replays, packets, seed },
    knobs,
    unknown,
    ...(troubles.length === 0 ? {} : { troubles }),
    ...(unexplained.length === 0 ? {} : { unexplained }),
  }
}

/** As YAML, with a line about what it is. */
export function documentText(document: ProfileDocument): string {
  return `# A profile learned by experiment (docs/learning.md): flowbreak run --profile FILE, replay --profile FILE\n${stringify(document, { lineWidth: 110 })}`
}

/** Which of several policies is the default is not measured: their order is that of the profile which this one extends. */
function inOrder(knob: KnobName, value: unknown, nearest: string): unknown {
  const before = valuesOf(getProfile(nearest))[knob]
  return Array.isArray(value) && sameValue(value, before) ? before : value
}

function evidenceText({ probe, answer, otherwise }: Evidence): string {
  const others = Object.entries(otherwise).map(([value, came]) => `${valueText(value)}: ${came}`)
  return `${probe} → ${answer}${others.length === 0 ? '' : ` (${others.join('; ')})`}`
}

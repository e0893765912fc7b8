import { stringify } from 'yaml'
import { getProfile } from '../../profile/index.ts'
import type { Evidence } from './findings.ts'
import { type KnobName, sameValue, valuesOf } from './knob-values.ts'
import { agrees, type Learned } from './learn.ts'

const MOST_LISTED = 8

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
  /** Probes that were answered in more than one way, or not at all, and how. */
  readonly unsteady?: readonly string[]
  readonly unexplained?: readonly string[]
}

export interface KnobEntry {
  readonly value: unknown
  readonly mark: 'RUN'
  readonly source: string
  readonly confidence: string
  /** Names of the probes that show it. */
  readonly probes: readonly string[]
  readonly evidence: readonly EvidenceEntry[]
}

/** A probe that shows a knob. */
export interface EvidenceEntry {
  readonly probe: string
  /** The setup that it was played in, and its packets (harness/author/learn/notation.ts). */
  readonly setup?: string
  readonly script?: string
  /** What came of it, a word a packet. */
  readonly came: string
  /** By value that it rules out: what would have come. */
  readonly otherwise?: Readonly<Record<string, string>>
  /** The capture of it, from where the profile is. */
  readonly packets?: string
}

/**
 * The learned profile, to be written and used: knobs that are known, and why others are not. `captures`: by probe, the capture that
 * is written of it.
 */
export function documentOf(
  learned: Learned,
  name: string,
  seed: number,
  captures: ReadonlyMap<string, string> = new Map(),
): ProfileDocument {
  const { target, version, nearest, probes, replays, packets, troubles, unsteady, unexplained } = learned
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
        evidence: finding.evidence.map((each) => entryOf(each, learned.recorded, captures)),
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
    ...(unsteady.size === 0 ? {} : { unsteady: [...unsteady].map(([probe, how]) => `"${probe}" ${how}`) }),
    ...(unexplained.length === 0 ? {} : { unexplained }),
  }
}

/** The first of them, and how many more there are, for people. */
export function firstOf(items: readonly string[] = []): readonly string[] {
  const more = items.length - MOST_LISTED
  return more <= 1 ? items : [...items.slice(0, MOST_LISTED), `and ${more} more, which the profile names`]
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

function entryOf(
  { probe, answer, otherwise }: Evidence,
  recorded: Learned['recorded'],
  captures: ReadonlyMap<string, string>,
): EvidenceEntry {
  const packets = captures.get(probe)
  const played = recorded.get(probe)
  return {
    probe,
    ...(played === undefined ? {} : { setup: played.setup, script: played.script }),
    came: answer,
    ...(Object.keys(otherwise).length === 0 ? {} : { otherwise }),
    ...(packets === undefined ? {} : { packets }),
  }
}

/** The probes that findings rest on and whose packets were kept, each once. */
export function decisiveProbes({ findings, recorded }: Learned): readonly string[] {
  return [
    ...new Set(
      [...findings.values()].flatMap((finding) =>
        'unknown' in finding ? [] : finding.evidence.map(({ probe }) => probe),
      ),
    ),
  ].filter((probe) => recorded.has(probe))
}

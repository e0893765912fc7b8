import type { Policy } from '../../model/setup.ts'
import { type AppNeeds, BUFFER_KINDS } from '../app/app-view.ts'
import { Bits } from './bits.ts'
import { protocolOfBuffer } from './buffers.ts'
import { FlowbitColumns, type FlowbitStep } from './flowbit-columns.ts'
import { RuleGroups } from './group.ts'
import { Contents } from './inspect.ts'
import { KeptStreams } from './kept-streams.ts'
import { inOrder } from './order.ts'
import { Patterns, patternOf } from './patterns.ts'
import type { Rule } from './rule.ts'
import { type Signature, signaturesOf } from './signature.ts'

/** A sticky buffer of a signature, prepared for inspection. */
export interface BufferContents {
  readonly buffer: number
  readonly contents: Contents
}

/** For one kind of buffer: what selects signatures when such a buffer is present. */
export interface BufferCalls {
  readonly patterns: Patterns
  /** Signatures without a pattern, evaluated each time. */
  readonly always: readonly number[]
}

/** Rules prepared for matching. A signature's place is its number in the rule order; all lists are indexed by place. */
export class RuleSet {
  readonly signatures: readonly Signature[]
  readonly contents: readonly Contents[]
  readonly buffers: readonly (readonly BufferContents[])[]
  /** May match a transaction more than once (`Sight.again`). */
  readonly repeats: Bits
  readonly flowbits: readonly (readonly FlowbitStep[])[]
  readonly columns: FlowbitColumns
  /** Patterns for payload and stream. */
  readonly patterns: Patterns
  /** Indexed by `Buffer` code. */
  readonly bufferCalls: readonly BufferCalls[]
  readonly groups: RuleGroups
  readonly keptStreams: KeptStreams | undefined
  readonly needs: AppNeeds
  /** Some rule needs the application protocol, or content, which encryption hides. */
  readonly needsApp: boolean

  constructor(rules: readonly Rule[], order: Policy['ruleOrder']) {
    const made = rules.flatMap((rule) => signaturesOf(rule, protocolOfBuffer(rule.buffers[0]?.buffer)))
    const signatures = inOrder(made, order)
    this.signatures = signatures
    this.contents = signatures.map(({ rule }) => new Contents(rule.contents))
    this.buffers = signatures.map(({ rule }) =>
      rule.buffers.map(({ buffer, contents }) => ({ buffer, contents: new Contents(contents) })),
    )
    this.repeats = new Bits(signatures.length)
    for (const [place, { rule }] of signatures.entries()) if (isUncalled(rule)) this.repeats.add(place)
    this.columns = new FlowbitColumns(rules)
    this.flowbits = signatures.map(({ rule }) => this.columns.steps(rule))
    const contents = signatures.map(({ rule }, place) => ({ place, contents: rule.contents }))
    this.patterns = new Patterns(contents)
    const patterned = Bits.of(
      signatures.length,
      (place) => patternOf(contents[place]?.contents ?? []) !== undefined,
    )
    this.bufferCalls = Array.from({ length: BUFFER_KINDS }, (_, buffer) => callsOf(signatures, buffer))
    this.groups = new RuleGroups(signatures, patterned)
    this.keptStreams = KeptStreams.of(signatures)
    const buffers = rules
      .flatMap((rule) => rule.buffers)
      .reduce((bits, { buffer }) => bits | (1 << buffer), 0)
    const stream = signatures.some(({ look, rule }) => look !== 0 && !hasNoStream(rule))
    this.needs = { buffers, stream }
    this.needsApp = signatures.some(({ look, appProtocol }) => look !== 0 || appProtocol !== 0)
  }
}

/** Whether a rule inspects buffers without any pattern to select it. */
function isUncalled({ buffers }: Rule): boolean {
  return buffers.length > 0 && buffers.every(({ contents }) => patternOf(contents) === undefined)
}

function callsOf(signatures: readonly Signature[], buffer: number): BufferCalls {
  const mine = signatures.map(({ rule }, place) => {
    const calling = callingBuffer(rule)
    return { place, contents: calling?.buffer === buffer ? calling.contents : [] }
  })
  return {
    patterns: new Patterns(mine),
    always: mine
      .filter(({ contents }) => contents.length > 0 && patternOf(contents) === undefined)
      .map(({ place }) => place),
  }
}

/** Whether the rule never inspects TCP data, which encryption may hide. */
function hasNoStream({ protocol }: Rule): boolean {
  return protocol === 'udp' || protocol === 'icmp'
}

/** The buffer that selects a rule: one with a pattern if there is any. */
function callingBuffer({ buffers }: Rule) {
  return buffers.find(({ contents }) => patternOf(contents) !== undefined) ?? buffers[0]
}

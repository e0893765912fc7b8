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
import { searchedBuffer } from './searched.ts'
import { type Signature, signaturesOf } from './signature.ts'

/** A sticky buffer of a signature, prepared for inspection. */
export interface BufferContents {
  readonly buffer: number
  readonly contents: Contents
  /** Its contents are those that the pattern search is about. */
  readonly calls: boolean
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
  /** The kind of buffer with which a rule may match a transaction more than once (`Sight.again`); -1: with none. */
  readonly repeating: Int8Array
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
    this.buffers = signatures.map(({ rule }) => {
      const calling = searchedBuffer(rule.buffers)
      return rule.buffers.map((each) => ({
        buffer: each.buffer,
        contents: new Contents(each.contents),
        calls: each === calling,
      }))
    })
    this.repeating = Int8Array.from(signatures, ({ rule }) => uncalledBuffer(rule))
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

/** The buffer of a rule that is searched first, if no pattern in it selects the rule; else -1. */
function uncalledBuffer({ buffers }: Rule): number {
  const searched = searchedBuffer(buffers)
  return searched === undefined || patternOf(searched.contents) !== undefined ? -1 : searched.buffer
}

function callsOf(signatures: readonly Signature[], buffer: number): BufferCalls {
  const mine = signatures.map(({ rule }, place) => {
    const calling = searchedBuffer(rule.buffers)
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

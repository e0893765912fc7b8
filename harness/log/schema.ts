import { z } from 'zod'
import type { Injection } from '../model/case.ts'
import { Direction, Knowledge, Reason, Verdict } from '../model/codes.ts'
import { OUTCOMES, type RunEvent } from '../model/run-log.ts'
import type { ExceptionPolicy, Setup, Sharing } from '../model/setup.ts'
import { type Capabilities, type Feature, FOLDINGS, type SIGHTINGS } from '../model/target.ts'
import type { HostEventKind } from '../model/timeline.ts'
import { LOG_SCHEMA } from './head.ts'

const text = z.string()
const count = z.int().nonnegative()
const counts = z.record(text, z.number())
const mark = z.enum(['DOC', 'SRC', 'SEED', 'RUN', 'MEM', 'INF'])
const level = z.enum(['core', 'extended', 'provisional'])
const verdict = wordOf(Verdict)
const direction = wordOf(Direction)
const reason = wordOf(Reason)
const outcome = z.enum(OUTCOMES)
const impactKind = z.enum(['survived', 'reset', 'hung', 'recovered'])
const inputs = z.array(z.object({ file: text, sha256: text }))
const provenance = z.object({ mark, where: text })
const standing = { level, provenance, unreviewed: z.literal(true).exactOptional() }

const expectation = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('packets'),
    phase: text,
    direction: direction.exactOptional(),
    which: z.union([z.enum(['all', 'first', 'rest']), z.number()]),
    conforms: z.array(verdict),
    tolerated: z.array(verdict),
    towards: z.enum(['sender', 'peer', 'client', 'server', 'both', 'any']).exactOptional(),
    by: text.exactOptional(),
    reason: reason.exactOptional(),
    parts: z.array(text).exactOptional(),
    ...standing,
  }),
  z.object({
    kind: z.literal('counter'),
    counter: text,
    host: text.exactOptional(),
    equals: z.number(),
    ...standing,
  }),
  z.object({
    kind: z.literal('expiry-resets'),
    to: z.enum(['client', 'server']),
    equals: z.number(),
    ...standing,
  }),
  z.object({ kind: z.literal('unaltered'), fields: z.array(text), ...standing }),
  z.object({ kind: z.literal('impact'), conforms: z.array(impactKind), ...standing }),
])

const summary = z.object({
  name: text,
  suite: text,
  file: text,
  line: count,
  rows: z.array(text),
  tags: z.array(text),
  requirement: text,
  axes: z.record(text, text),
  flow: z.int(),
  endpoints: z.enum(['recorded', 'reactive']),
  expectations: z.array(expectation),
  capture: text,
  policy: text,
  profile: text,
  sharing: anyWord<Sharing['kind']>().exactOptional(),
  injections: z.array(shown<Injection>()).exactOptional(),
  setup: text.exactOptional(),
})

const COLUMNS = ['time', 'flow', 'direction', 'kind', 'flags', 'payload', 'phase'] as const
const OBSERVED = ['host', 'by', 'verdict', 'reason', 'knowledge'] as const
// Checked here, because calling a validator for each number of each column takes most of the time of reading a log.
const column = z.custom<number[]>(isColumn, 'Invalid input: expected an array of numbers')

const trace = z
  .object({
    hosts: z.array(text),
    phases: z.array(text),
    flows: z.array(z.object({ protocol: text, client: text, server: text })),
    number: column,
    time: column,
    flow: column,
    direction: z.string().regex(/^[<>]*$/),
    kind: column,
    flags: column,
    payload: column,
    phase: column,
    host: column,
    by: column,
    verdict: z.string().regex(/^[ufdran]*$/),
    reason: column,
    knowledge: z.string().regex(/^[slwn]*$/),
    emitted: z.array(
      z.object({
        index: z.int(),
        kind: z.enum(['tcp-rst', 'icmp']),
        to: z.enum(['client', 'server']),
        by: count,
        seq: count,
        ack: count,
        acceptable: z.boolean(),
        time: z.number().exactOptional(),
        flow: z.int().exactOptional(),
      }),
    ),
    parts: z.array(z.object({ index: count, host: count, part: text })).exactOptional(),
    emissions: z.literal('unseen').exactOptional(),
    events: z.array(z.object({ before: count, time: z.number(), label: text })),
    controls: z.object({ sent: count, out: count, dead: z.array(z.string()) }),
  })
  .refine((value) => [...COLUMNS, ...OBSERVED].every((name) => value[name].length === value.number.length), {
    error: 'the columns of the trace differ in length',
  })

const sighted = z.object({
  kind: anyWord<(typeof SIGHTINGS)[number]>(),
  indices: z.array(count),
  after: z.array(z.number()).exactOptional(),
  field: text.exactOptional(),
  sent: text.exactOptional(),
  seen: text.exactOptional(),
})

const tally = z.object({ checked: count, met: count })

const finished = z.object({
  type: z.literal('case-finished'),
  case: summary,
  target: text,
  attempt: count,
  outcome,
  detail: text.exactOptional(),
  durationMs: z.number(),
  tally: z.record(level, tally),
  mismatches: z.array(
    z.object({
      level,
      provenance,
      phase: text,
      index: count.exactOptional(),
      expected: text,
      observed: text,
      message: text,
    }),
  ),
  counters: z.array(counts),
  impact: z
    .object({ kind: impactKind, after: z.number(), end: z.enum(['client', 'server']).exactOptional() })
    .exactOptional(),
  knowledge: z.partialRecord(wordOf(Knowledge), count).exactOptional(),
  sightings: z.array(sighted).exactOptional(),
  outages: z
    .array(
      z.object({
        event: anyWord<HostEventKind>(),
        host: text.exactOptional(),
        time: z.number(),
        lasted: z.number(),
        over: z.boolean(),
      }),
    )
    .exactOptional(),
  evidence: text.exactOptional(),
  collected: text.exactOptional(),
  trace: trace.exactOptional(),
})

const capabilities = z.object({
  clock: z.enum(['virtual', 'real']),
  reactive: z.boolean(),
  hosts: count,
  families: z.array(anyWord<'ipv4' | 'ipv6'>()),
  policies: z.array(anyWord<ExceptionPolicy>()),
  sharing: z.array(anyWord<Sharing['kind']>()),
  events: z.array(anyWord<HostEventKind>()),
  observes: z.array(anyWord<Capabilities['observes'][number]>()),
  folding: z.enum(FOLDINGS),
  profiles: z.union([z.literal('any'), z.array(text)]),
  features: z.array(anyWord<Feature>()),
  clockScale: z.number().positive(),
})

/** One line of a run log. Unknown fields are dropped, so that a log of a later minor version can be read. */
export const runEvent: z.ZodType<RunEvent> = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('run-started'),
    schema: z.literal(LOG_SCHEMA),
    run: text,
    flowbreak: text,
    node: text,
    startedAt: text,
    planned: count,
    seed: z.number(),
    command: z.array(text),
    suites: inputs.exactOptional(),
    captures: inputs.exactOptional(),
    shard: text.exactOptional(),
    costs: text.exactOptional(),
    merged: z
      .array(
        z.object({
          run: text,
          startedAt: text,
          seed: z.number(),
          planned: count,
          command: z.array(text),
          shard: text.exactOptional(),
          costs: text.exactOptional(),
        }),
      )
      .exactOptional(),
  }),
  z.object({
    type: z.literal('target-ready'),
    target: text,
    version: text,
    capabilities,
    setup: text,
    configuration: shown<Setup>().exactOptional(),
    calibration: z.enum(['passed', 'failed']),
    detail: text.exactOptional(),
  }),
  finished,
  z.object({ type: z.literal('case-skipped'), case: summary, target: text, lacks: text }),
  z.object({ type: z.literal('target-failed'), target: text, code: text, message: text }),
  z.object({ type: z.literal('warning'), code: text, message: text, where: text.exactOptional() }),
  z.object({
    type: z.literal('run-finished'),
    reason: z.enum(['completed', 'interrupted', 'bailed']),
    finishedAt: text,
    totals: z.record(outcome, count),
    exitCode: z.int(),
    sha256: text.exactOptional(),
  }),
])

function isColumn(value: unknown): boolean {
  if (!Array.isArray(value)) return false
  for (const entry of value) if (typeof entry !== 'number') return false
  return true
}

/** One of the words in a table of codes. */
function wordOf<T extends string>(table: Readonly<Record<T, number>>) {
  return z.custom<T>((value) => typeof value === 'string' && Object.hasOwn(table, value))
}

/** A word that is only displayed: the abilities of targets grow faster than the log's version. */
function anyWord<T extends string>() {
  return z.custom<T>((value) => typeof value === 'string')
}

/** An object that is only displayed, for the same reason. */
function shown<T extends object>() {
  return z.custom<T>((value) => typeof value === 'object' && value !== null)
}

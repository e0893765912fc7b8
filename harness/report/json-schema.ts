import { z } from 'zod'
import { MARKS } from '../log/marks.ts'
import type { KnowledgeName } from '../model/codes.ts'
import { OUTCOMES } from '../model/run-log.ts'
import { SIGHTINGS } from '../model/target.ts'
import { JSON_SCHEMA } from './json.ts'

const KNOWN = ['wire', 'log', 'self'] as const satisfies readonly KnowledgeName[]

const text = z.string()
const count = z.int().nonnegative()
const totals = z.record(z.enum(OUTCOMES), count)
const tally = z.strictObject({ checked: count, met: count })
const levels = z.strictObject({ core: tally, extended: tally, provisional: tally })
const mark = z.enum(MARKS)
const provenance = z.strictObject({ mark, where: text })

const mismatch = z.strictObject({
  level: z.enum(['core', 'extended', 'provisional']),
  provenance,
  phase: text,
  index: count.describe('Index into the packets of the trace in the run log.').optional(),
  expected: text,
  observed: text,
  message: text,
})

const test = z.strictObject({
  name: text.describe('A path with axes, stable when cases are added.'),
  suite: text,
  target: text,
  outcome: z.enum(OUTCOMES),
  detail: text.describe('One sentence, where the outcome needs one.').optional(),
  requirement: text,
  axes: z.record(text, text),
  rows: z.array(text),
  tags: z.array(text),
  policy: text,
  profile: text,
  file: text.describe('Of the suite: from the folder of the run, or of flowbreak.'),
  line: count,
  capture: text,
  attempt: count
    .describe('Attempts that were made; like all that follows, absent of a case that was skipped.')
    .optional(),
  durationMs: z.number().nonnegative().optional(),
  tally: levels.optional(),
  mismatches: z.array(mismatch).optional(),
  counters: z
    .array(z.record(text, z.number()))
    .describe('By host, then those of the load balancer.')
    .optional(),
  impact: z
    .strictObject({
      kind: z.enum(['survived', 'reset', 'hung', 'recovered']),
      after: z.number().describe('Nanoseconds.'),
      end: z.enum(['client', 'server']).optional(),
    })
    .optional(),
  knowledge: z
    .partialRecord(z.enum(KNOWN), count)
    .describe('How verdicts are known, and how many of them each way.')
    .optional(),
  sightings: z
    .array(
      z.strictObject({
        kind: z.enum(SIGHTINGS),
        packets: z
          .array(count)
          .describe('By their numbers in the capture; 0: one that an injection made. None: nobody sent it.'),
        after: z
          .array(z.number())
          .describe(
            'Microseconds from when each was sent until it was seen; of what nobody sent, when that was.',
          )
          .optional(),
        field: text.optional(),
        sent: text.optional(),
        seen: text.optional(),
      }),
    )
    .describe('What was seen beside the verdicts.')
    .optional(),
  outages: z
    .array(
      z.strictObject({
        event: text,
        host: text.optional(),
        time: z.number().describe('Microseconds.'),
        lasted: z.number().describe("Microseconds of the device's clock."),
        over: z.boolean().describe('False: no fresh connection went through before the limit.'),
      }),
    )
    .optional(),
  evidence: text
    .describe('The frames that were sent and seen: a pcapng file, from where the run log is.')
    .optional(),
  collected: text
    .describe('What the devices had written down: a text file, from where the run log is.')
    .optional(),
})

/** Exactly the fields of the json report: a flowbreak that adds a field to a version of it publishes the schema again. */
export const jsonReport = z
  .strictObject({
    schema: z.literal(JSON_SCHEMA),
    run: z.strictObject({
      id: text,
      flowbreak: text,
      node: text,
      startedAt: text,
      finishedAt: text.nullable(),
      seed: z.number(),
      command: z.array(text),
    }),
    summary: z.strictObject({
      totals,
      cases: count,
      planned: count,
      reason: z.enum(['completed', 'interrupted', 'bailed', 'unfinished']),
      suites: z.array(z.strictObject({ name: text, totals })),
      targets: z.array(
        z.strictObject({
          name: text,
          version: text.optional(),
          totals,
          lacks: z.array(z.strictObject({ capability: text, cases: count })),
          problems: z.array(text),
        }),
      ),
      tally: levels,
      marks: z
        .record(mark, count)
        .describe('Verdicts by the provenance mark of what they were held against.'),
      warnings: z.array(z.strictObject({ code: text, message: text, where: text.optional() })),
      exitCode: z.int(),
    }),
    cases: z.array(test).describe('One a case and target.'),
  })
  .describe('The json report of a run of flowbreak.')

/** The JSON schema of the json report, the content of `reports/report.schema.json`. */
export function reportSchemaText(): string {
  return `${JSON.stringify(z.toJSONSchema(jsonReport, { target: 'draft-7', io: 'input' }), null, 2)}\n`
}

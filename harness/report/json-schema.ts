import { z } from 'zod'
import { OUTCOMES } from '../model/run-log.ts'
import { JSON_SCHEMA } from './json.ts'

const text = z.string()
const count = z.int().nonnegative()
const totals = z.record(z.enum(OUTCOMES), count)
const tally = z.looseObject({ checked: count, met: count })
const levels = z.looseObject({ core: tally, extended: tally, provisional: tally })
const provenance = z.looseObject({ mark: text, where: text })

const mismatch = z.looseObject({
  level: z.enum(['core', 'extended', 'provisional']),
  provenance,
  phase: text,
  index: count.describe('Index into the packets of the trace in the run log.').optional(),
  expected: text,
  observed: text,
  message: text,
})

const test = z.looseObject({
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
    .looseObject({
      kind: z.enum(['survived', 'reset', 'hung', 'recovered']),
      after: z.number().describe('Nanoseconds.'),
      end: z.enum(['client', 'server']).optional(),
    })
    .optional(),
})

/** What the json report holds; objects may have more fields within a version. */
export const jsonReport = z
  .looseObject({
    schema: z.literal(JSON_SCHEMA),
    run: z.looseObject({
      id: text,
      flowbreak: text,
      node: text,
      startedAt: text,
      finishedAt: text.nullable(),
      seed: z.number(),
      command: z.array(text),
    }),
    summary: z.looseObject({
      totals,
      cases: count,
      planned: count,
      reason: z.enum(['completed', 'interrupted', 'bailed', 'unfinished']),
      suites: z.array(z.looseObject({ name: text, totals })),
      targets: z.array(
        z.looseObject({
          name: text,
          version: text.optional(),
          totals,
          lacks: z.array(z.looseObject({ capability: text, cases: count })),
          problems: z.array(text),
        }),
      ),
      tally: levels,
      marks: z
        .record(text, count)
        .describe('Verdicts by the provenance mark of what they were held against.'),
      warnings: z.array(z.looseObject({ code: text, message: text, where: text.optional() })),
      exitCode: z.int(),
    }),
    cases: z.array(test).describe('One a case and target.'),
  })
  .describe('The json report of a run of flowbreak.')

/** The JSON schema of the json report, as `reports/report.schema.json` has it. */
export function reportSchemaText(): string {
  return `${JSON.stringify(z.toJSONSchema(jsonReport, { target: 'draft-7', io: 'input' }), null, 2)}\n`
}

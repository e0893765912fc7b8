import { z } from 'zod'
import { TRANSPARENCIES } from '../model/fields.ts'
import { expectation, level, sources, unreviewed } from './expectation-schema.ts'
import { mapping, said, word } from './grammar.ts'
import { injection } from './injection-schema.ts'
import { natural, sentence } from './scalars-schema.ts'
import { setup } from './setup-schema.ts'
import { ENDPOINTS } from './words.ts'

/**
 * The grammar of suite files: shapes and keys. Words, positions and durations are strings here, because any of them may contain
 * `{axis}`; they are read once a case's axes are known. Metadata tells editors which words are allowed.
 */

const name = z.string().regex(/^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/, {
  error: (issue) =>
    `"${issue.input}" is not a name: write lower-case letters, digits, ".", "_" and "-", parted by "/".`,
})

const axis = z.array(z.union([z.string(), z.number(), z.boolean()])).min(1)
const suiteMatrix = z.record(z.string(), axis)
const caseMatrix = z.record(z.string(), z.union([axis, z.null()]))

const transparency = word(
  TRANSPARENCIES,
  'strict: nothing of packets may be changed on their way; translated: devices may rewrite them.',
)

const CASE = {
  name: 'data-first',
  requirement: 'Data that reaches a host without its session invokes the stream exception policy.',
  source: { mark: 'DOC', where: 'developer guide, stream exception policy' },
  capture: 'echo-ladder-ipv4',
  inject: [{ 'host-swap': 'c2s:data#3' }],
  expect: { before: 'forward', 'after host-swap': 'drop' },
}

export const suiteCase = mapping({
  name: said(name, "Its own part of the case's name, which the suite's goes before.", 'host-swap/data-first'),
  rows: said(z.array(sentence).optional(), 'Rows of the decision tables that it shows.', ['10.1/fin']),
  tags: said(z.array(sentence).optional(), 'Words to choose cases by (run --tag).', ['slow']),
  requirement: said(sentence, 'What it shows, in one sentence.', CASE.requirement),
  source: sources,
  level: level.optional(),
  unreviewed: unreviewed.optional(),
  capture: said(
    sentence,
    'Of the captures, without its ending, or a path relative to the suite.',
    'echo-ladder-{family}',
    'mine.pcap',
  ),
  flow: said(
    z.union([natural, z.literal('all')]).optional(),
    'The flow under test, from 0; all: every flow of the capture is.',
    0,
    'all',
  ),
  endpoints: word(
    ENDPOINTS,
    'recorded: every packet is offered, whatever became of earlier ones; reactive: live ends that retransmit and obey resets.',
    'reactive',
  ).optional(),
  transparency: transparency.optional(),
  matrix: said(caseMatrix.optional(), "Replaces axes of the suite's; null removes one.", {
    policy: ['drop', 'reject'],
    family: null,
  }),
  setup: said(setup.optional(), "What is different from the suite's setup, key by key.", { hosts: 3 }),
  inject: said(z.array(injection).optional(), 'What is done to the flow, in order.', CASE.inject),
  expect: said(expectation, 'What must become of packets, phase by phase, and of counters.', CASE.expect),
})

const suite = mapping({
  suite: said(name, 'Names of cases begin with it.', 'mine/host-swap'),
  title: said(sentence, 'What it is about.', 'What our firewall does when a host is replaced'),
  'any-firewall': said(
    z.boolean().optional(),
    'Its cases hold for any firewall: a target that is another system is held to them under its own profile.',
    true,
  ),
  transparency: transparency.optional(),
  setup: said(
    setup.optional(),
    'What packets meet, for all cases; a case’s own setup is merged over it, key by key.',
    { profile: 'suricata-7', hosts: 2 },
  ),
  matrix: said(
    suiteMatrix.optional(),
    'A case is made once for each combination of values; {axis} stands for its value in any text.',
    { policy: ['drop', 'reject', 'continue'], family: ['ipv4', 'ipv6'] },
  ),
  cases: said(z.array(suiteCase).min(1), 'One thing to be shown each.', [CASE]),
})

/** A suite file whose cases are read later, so that a mistake in one case hides nothing of the others. */
export const suiteHeader = suite.extend({ cases: z.array(z.unknown()).min(1) })

export type HeaderInput = z.output<typeof suiteHeader>
export type CaseInput = z.output<typeof suiteCase>

/** The JSON schema of suite files, for editors: the content of suites/suite.schema.json. */
export function suiteSchema(): object {
  return z.toJSONSchema(suite, { io: 'input' })
}

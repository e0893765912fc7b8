import { z } from 'zod'
import { TRANSPARENCIES, UNALTERED } from '../model/fields.ts'
import { mapping, type Selectable, selectable, unknownKeys, word } from './grammar.ts'
import { injection } from './injection-schema.ts'
import { duration, natural } from './scalars-schema.ts'
import { sharing } from './sharing-schema.ts'
import { stateless } from './stateless-schema.ts'
import {
  ALL_UNHEALTHY,
  COUNTERS,
  CUSTOM_COUNTER,
  DEFAULT_ACTIONS,
  ENDPOINTS,
  FAILOVERS,
  GENERATIONS,
  IMPACTS,
  LEVELS,
  MARKS,
  MODES,
  NON_SYN_MISSES,
  PLACEMENTS,
  POLICIES,
  REASONS,
  RESET_TRIGGERS,
  RESETS_ON_EXPIRY,
  RULE_ORDERS,
  STICKINESSES,
  TOWARDS,
  TUNNELS,
  VERDICTS,
} from './words.ts'

/**
 * The grammar of suite files: shapes and keys. Words, positions and durations are strings here, as `{axis}` may stand in any
 * of them; they are read once a case's axes are known. Editors are told of the words by metadata.
 */

const name = z.string().regex(/^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/, {
  error: (issue) =>
    `"${issue.input}" is not a name: write lower-case letters, digits, ".", "_" and "-", parted by "/".`,
})
const sentence = z.string().min(1)
const size = z.union([z.int(), z.string()])

const loadBalancer = mapping({
  placement: word(PLACEMENTS, 'Where a new flow goes.').optional(),
  'tcp-idle': duration.optional(),
  'other-idle': duration.optional(),
  'non-syn-miss': word(
    NON_SYN_MISSES,
    'What becomes of a TCP packet without SYN and without entry.',
  ).optional(),
  failover: word(FAILOVERS, 'What becomes of the flows of a host that left.').optional(),
  'on-deregistration': word(
    FAILOVERS,
    'The same after a deregistration; on-unhealthy must be equal.',
  ).optional(),
  'on-unhealthy': word(FAILOVERS, 'The same after a failure; on-deregistration must be equal.').optional(),
  'reset-on': z.array(word(RESET_TRIGGERS, 'Answer with a reset; not with rebalance.')).optional(),
  stickiness: word(STICKINESSES, 'What is one flow; tcp-idle and reset-on need the 5-tuple.').optional(),
  capacity: size.optional().meta({ description: 'Entries that the flow table holds.' }),
  health: mapping({
    interval: duration.optional(),
    'unhealthy-threshold': size.optional(),
    'healthy-threshold': size.optional(),
  }).optional(),
  'deregistration-delay': duration.optional(),
  zones: z.array(sentence).optional().meta({ description: 'By host: its zone.' }),
  zone: sentence
    .optional()
    .meta({ description: "The client's zone; the first host's where it is not said." }),
  'cross-zone': z.union([z.boolean(), z.string()]).optional(),
  'all-unhealthy': word(ALL_UNHEALTHY, 'open: flows go to unhealthy hosts when all are.').optional(),
  mtu: size
    .optional()
    .meta({ description: 'Bytes of the largest IP packet; not asked where it is not said.' }),
  'host-mtu': size
    .optional()
    .meta({ description: "Bytes of the hosts' own interfaces, 68 of which GENEVE takes." }),
  'host-tcp-established': duration.optional(),
})

const setup = mapping({
  profile: sentence.optional().meta({
    description: "Whose behaviour: aws-nfw, suricata-7, …; or a file of one's own, from where the suite is.",
  }),
  hosts: z
    .union([z.int(), z.string(), z.array(z.string())])
    .optional()
    .meta({ description: 'How many (fw-a, fw-b, …), or their names.' }),
  policy: word(POLICIES, 'The stream exception policy.').optional(),
  generation: word(
    GENERATIONS,
    "Of AWS's policies; next: reject is the default, continue is none.",
  ).optional(),
  mode: word(
    MODES,
    'Of Next Generation policies; monitor: continue applies, whatever the policy.',
  ).optional(),
  'rule-order': word(RULE_ORDERS, 'How rules are ordered.').optional(),
  'default-actions': z.array(word(DEFAULT_ACTIONS, 'Strict order only.')).optional(),
  rules: z.array(sentence).optional().meta({ description: "Rules in Suricata's language, in order." }),
  'tcp-idle': duration.optional(),
  'reset-on-expiry': word(
    RESETS_ON_EXPIRY,
    'Whom a reset tells when an established session expires.',
  ).optional(),
  sharing: sharing.optional(),
  tunnels: word(
    TUNNELS,
    "Whether packets in tunnels are judged by the flow in the tunnel or the tunnel's own; the profile's where it is not said.",
  ).optional(),
  stateless: stateless.optional(),
  'load-balancer': loadBalancer.optional(),
})

const axis = z.array(z.union([z.string(), z.number(), z.boolean()])).min(1)
const suiteMatrix = z.record(z.string(), axis)
const caseMatrix = z.record(z.string(), z.union([axis, z.null()]))

const source = mapping({
  mark: word(MARKS, 'Documentation, source code, source document, observed, memory, inference.'),
  where: sentence,
  product: sentence
    .optional()
    .meta({ description: 'Whose fact it is: the product of a profile (suricata), or another.' }),
})
const sources = z.union([source, z.array(source).min(1)]).meta({ id: 'sources' })
const level = word(LEVELS, 'Only to lower what the source gives, or to say extended.')

const verdict = word([...VERDICTS, 'blocked'], 'blocked: drop or reject.')
const verdicts = z.union([verdict, z.array(verdict).min(1)]).meta({ id: 'verdicts' })
const rest = { source: sources.optional(), level: level.optional() }
const details = {
  tolerated: verdicts.optional(),
  towards: word(TOWARDS, 'Whom a reject tells.').optional(),
  by: z.string().optional().meta({ description: 'A host, lb, path or unknown.' }),
  reason: word(REASONS, 'Why, in the words of Suricata.').optional(),
  parts: z
    .array(z.string())
    .optional()
    .meta({ description: 'What hosts did for the packet, where sessions are shared: fw-b forwarder.' }),
  ...rest,
}
const answerPlain = z.union([verdicts, mapping({ is: verdicts, ...details })])
const answer = selectable(answerPlain).meta({ id: 'answer' })
const places = { all: answer.optional(), first: answer.optional(), rest: answer.optional() }
const PACKET = /^packet ([1-9]\d{0,8})$/

/** The number of a key `packet N`, or undefined. */
export function packetOfKey(key: string): number | undefined {
  const match = PACKET.exec(key)
  return match === null ? undefined : Number(match[1])
}

/** A mapping of `places` and more, which may also have keys `packet N`. */
function withPackets<T extends z.core.$ZodLooseShape>(shape: T) {
  const known = [...Object.keys(shape), 'packet N']
  return z
    .looseObject(shape)
    .check((context) => {
      for (const [key, value] of Object.entries(context.value)) {
        if (Object.hasOwn(shape, key)) continue
        if (packetOfKey(key) === undefined) {
          const message = unknownKeys([key], known)
          context.issues.push({ code: 'unrecognized_keys', keys: [key], message, input: context.value })
        } else {
          for (const issue of answer.safeParse(value).error?.issues ?? [])
            context.issues.push({ ...issue, path: [key, ...issue.path], input: value } as z.core.$ZodRawIssue)
        }
      }
    })
    .meta({ additionalProperties: false, patternProperties: { [PACKET.source]: { $ref: '#/$defs/answer' } } })
}

const oneWayPlain = z.union([verdicts, withPackets({ ...places, ...details })])
const oneWay = selectable(oneWayPlain).meta({ id: 'direction' })
const phasePlain = z.union([
  verdicts,
  withPackets({ ...places, c2s: oneWay.optional(), s2c: oneWay.optional(), ...details }),
])
const phase = selectable(phasePlain).meta({ id: 'phase' })

const counterPlain = z.union([natural, mapping({ equals: natural, host: z.string().optional(), ...rest })])
const counter = selectable(counterPlain).meta({ id: 'counter' })
const counterName = z
  .string()
  .refine((name) => COUNTERS.includes(name) || CUSTOM_COUNTER.test(name), {
    error: (issue) => unknownKeys([String(issue.input)], COUNTERS),
  })
  .meta({ anyOf: [{ enum: COUNTERS }, { pattern: CUSTOM_COUNTER.source }] })
const counters = z.record(counterName, counter)
const atExpiry = mapping({ client: counter.optional(), server: counter.optional() })
const impact = word(IMPACTS, 'What the user of the connection felt.')
const impacts = z.union([impact, z.array(impact).min(1)])
const impactPlain = z.union([impacts, mapping({ is: impacts, ...rest })])
const unalteredField = word(Object.keys(UNALTERED), 'What of packets comes out as it was.')
const unalteredFields = z.union([unalteredField, z.array(unalteredField).min(1)])
const unalteredPlain = z.union([unalteredFields, mapping({ is: unalteredFields, ...rest })])
const transparency = word(
  TRANSPARENCIES,
  'strict: nothing of packets may be changed on their way; translated: devices may rewrite them.',
)
const expectationPlain = z
  .object({
    counters: selectable(counters).optional(),
    'resets-at-expiry': selectable(atExpiry).optional(),
    impact: selectable(impactPlain).optional(),
    unaltered: selectable(unalteredPlain).optional(),
  })
  .catchall(phase)
  .meta({
    propertyNames: {
      pattern: `^(before|after .+|reconnect(#\\d+)?|counters|resets-at-expiry|impact|unaltered)$`,
    },
  })
const expectation = selectable(expectationPlain)

export const suiteCase = mapping({
  name,
  rows: z
    .array(sentence)
    .optional()
    .meta({ description: 'Rows of the decision tables that it shows: 10.1/fin.' }),
  tags: z.array(sentence).optional(),
  requirement: sentence.meta({ description: 'One sentence.' }),
  source: sources,
  level: level.optional(),
  capture: sentence.meta({
    description: 'Of the captures, without its ending, or a path relative to the suite.',
  }),
  flow: z
    .union([natural, z.literal('all')])
    .optional()
    .meta({
      description: 'The flow under test, from 0; all: every flow of the capture is.',
    }),
  endpoints: word(
    ENDPOINTS,
    'recorded: every packet is offered, whatever became of earlier ones.',
  ).optional(),
  transparency: transparency.optional(),
  matrix: caseMatrix.optional().meta({ description: "Replaces axes of the suite's; null removes one." }),
  setup: setup.optional(),
  inject: z.array(injection).optional(),
  expect: expectation,
})

const suite = mapping({
  suite: name.meta({ description: 'Names of cases begin with it.' }),
  title: sentence,
  'any-firewall': z.boolean().optional().meta({
    description:
      'Its cases hold for any firewall: a target that is another system is held to them under its own profile.',
  }),
  transparency: transparency.optional(),
  setup: setup
    .optional()
    .meta({ description: 'Defaults; a case’s own setup is merged over it, key by key.' }),
  matrix: suiteMatrix.optional().meta({ description: 'A case is made once for each combination of values.' }),
  cases: z.array(suiteCase).min(1),
})

/** A suite file whose cases have yet to be read, so that what is wrong in one case hides nothing of the others. */
export const suiteHeader = suite.extend({ cases: z.array(z.unknown()).min(1) })

export type HeaderInput = z.output<typeof suiteHeader>
export type CaseInput = z.output<typeof suiteCase>
export type SourcesInput = z.output<typeof sources>
export type VerdictsInput = z.output<typeof verdicts>
export type ExpectationInput = z.output<typeof expectationPlain>
export type PhaseInput = z.output<typeof phasePlain>
export type OneWayInput = z.output<typeof oneWayPlain>
export type AnswerInput = z.output<typeof answerPlain>
export type CountersInput = Readonly<Record<string, Selectable<CounterInput>>>
export type CounterInput = z.output<typeof counterPlain>
export type AtExpiryInput = z.output<typeof atExpiry>
export type UnalteredInput = z.output<typeof unalteredPlain>
export type ImpactInput = z.output<typeof impactPlain>

/** The JSON schema of suite files, for editors: what stands in suites/suite.schema.json. */
export function suiteSchema(): object {
  return z.toJSONSchema(suite, { io: 'input' })
}

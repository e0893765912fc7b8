import { z } from 'zod'
import { UNALTERED } from '../model/fields.ts'
import { mapping, type Selectable, said, selectable, unknownKeys, word } from './grammar.ts'
import { natural, sentence } from './scalars-schema.ts'
import { COUNTERS, CUSTOM_COUNTER, IMPACTS, LEVELS, MARKS, REASONS, TOWARDS, VERDICTS } from './words.ts'

/** The grammar of expectations. */

const source = mapping({
  mark: word(MARKS, 'Documentation, source code, source document, observed, memory, inference.'),
  where: said(sentence, 'Where it stands, so that a reader finds it.', 'RFC 9293, section 3.10.7'),
  product: said(
    sentence.optional(),
    'Whose fact it is: the product of a profile (suricata), or another.',
    'suricata',
  ),
})
const SOURCE = { mark: 'DOC', where: 'developer guide, stream exception policy' }
export const sources = z.union([source, z.array(source).min(1)]).meta({
  id: 'sources',
  description: 'Where the fact is known from.',
  examples: [SOURCE],
})
export const level = word(LEVELS, 'Only to lower what the source gives, or to say extended.', 'provisional')
export const unreviewed = said(
  z.boolean(),
  'true: a proposal that nobody has looked at; never core, and refused by suite check. Delete it once you agree.',
  true,
)

const verdict = word([...VERDICTS, 'blocked'], 'A verdict; blocked: drop or reject.')
const verdicts = z.union([verdict, z.array(verdict).min(1)]).meta({
  id: 'verdicts',
  description: 'What must become of the packets: a verdict, or those of which any conforms.',
  examples: ['forward', ['drop', 'reject']],
})
const rest = { source: sources.optional(), level: level.optional(), unreviewed: unreviewed.optional() }
const details = {
  tolerated: said(verdicts.optional(), 'What does not conform, and fails nothing.', 'forward'),
  towards: word(TOWARDS, 'Whom a reject tells.').optional(),
  by: said(z.string().optional(), 'Who decides: a host, lb, path or unknown.', 'fw-b'),
  reason: word(REASONS, 'Why, in the words of Suricata.').optional(),
  parts: said(z.array(z.string()).optional(), 'What hosts did for the packet, where sessions are shared.', [
    'fw-b forwarder',
  ]),
  ...rest,
}
const answerPlain = z.union([verdicts, mapping({ is: verdicts, ...details })])
const answer = selectable(answerPlain).meta({ id: 'answer' })
const places = {
  all: said(answer.optional(), 'Every packet.', 'forward'),
  first: said(answer.optional(), 'The first packet.', { is: 'reject', towards: 'sender' }),
  rest: said(answer.optional(), 'All packets but the first.', 'drop'),
}
const PACKET = /^packet ([1-9]\d{0,8})$/

/** The number N of a key `packet N`; undefined: the key is another one. */
export function packetOfKey(key: string): number | undefined {
  const match = PACKET.exec(key)
  return match === null ? undefined : Number(match[1])
}

/** A mapping with the keys of `shape`, and any keys `packet N`. */
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
    .meta({
      additionalProperties: false,
      patternProperties: {
        [PACKET.source]: {
          $ref: '#/$defs/answer',
          description: 'The packet of that number in the capture, from 1.',
          examples: ['forward'],
        },
      },
    })
}

const oneWayPlain = z.union([verdicts, withPackets({ ...places, ...details })])
const oneWay = selectable(oneWayPlain).meta({ id: 'direction' })
const phasePlain = z.union([
  verdicts,
  withPackets({
    ...places,
    c2s: said(oneWay.optional(), 'Packets from client to server.', 'forward'),
    s2c: said(oneWay.optional(), 'Packets from server to client.', { first: 'drop' }),
    ...details,
  }),
])
const phase = selectable(phasePlain).meta({
  id: 'phase',
  description: 'Of the packets of a phase: before, after an injection, or of a reconnect.',
  examples: ['forward', { first: { is: 'reject', towards: 'sender' }, rest: 'drop' }],
})

const counterPlain = z.union([
  natural,
  mapping({
    equals: said(natural, 'By how much it grows.', 1),
    host: said(z.string().optional(), 'Of this host alone; of all where it is not said.', 'fw-b'),
    ...rest,
  }),
])
const counter = selectable(counterPlain).meta({
  id: 'counter',
  description: 'By how much a counter grows over the case.',
  examples: [1, { equals: 1, host: 'fw-b' }],
})
const counterName = z
  .string()
  .refine((name) => COUNTERS.includes(name) || CUSTOM_COUNTER.test(name), {
    error: (issue) => unknownKeys([String(issue.input)], COUNTERS),
  })
  .meta({ anyOf: [{ enum: COUNTERS }, { pattern: CUSTOM_COUNTER.source }] })
const counters = z.record(counterName, counter)
const atExpiry = mapping({
  client: said(counter.optional(), 'Resets that the client gets.', 1),
  server: said(counter.optional(), 'Resets that the server gets.', 1),
})
const impact = word(IMPACTS, 'What the user of the connection felt.')
const impacts = z.union([impact, z.array(impact).min(1)])
const impactPlain = z.union([
  impacts,
  mapping({
    is: said(impacts, 'What the user felt: one, or those of which any conforms.', 'survived'),
    ...rest,
  }),
])
const unalteredField = word(Object.keys(UNALTERED), 'What of packets comes out as it was.')
const unalteredFields = z.union([unalteredField, z.array(unalteredField).min(1)])
const unalteredPlain = z.union([
  unalteredFields,
  mapping({ is: said(unalteredFields, 'What of packets comes out as it was.', ['mss', 'options']), ...rest }),
])
const expectationPlain = z
  .object({
    counters: said(selectable(counters).optional(), "Growth of counters over the case, under AWS's names.", {
      StreamExceptionPolicyPackets: 1,
    }),
    'resets-at-expiry': said(
      selectable(atExpiry).optional(),
      'Resets that an end gets because a session expired.',
      { client: 1, server: 1 },
    ),
    impact: said(
      selectable(impactPlain).optional(),
      'What the user of the connection felt (endpoints: reactive).',
      'survived',
    ),
    unaltered: said(
      selectable(unalteredPlain).optional(),
      'What of the packets that come out is as it was sent.',
      ['mss', 'options'],
    ),
  })
  .catchall(phase)
  .meta({
    propertyNames: {
      pattern: `^(before|after .+|reconnect(#\\d+)?|counters|resets-at-expiry|impact|unaltered)$`,
    },
  })

export const expectation = selectable(expectationPlain)

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

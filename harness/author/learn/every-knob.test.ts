import { expect } from 'chai'
import type { KnobValue } from '../../model/setup.ts'
import { getProfile, profileNames } from '../../profile/index.ts'
import { KNOBS } from '../../profile/schema.ts'
import { Asked } from './asked.fixture.ts'
import {
  choicesOf,
  type KnobName,
  knobNames,
  sameValue,
  secondsOf,
  type Values,
  valuesOf,
} from './knob-values.ts'

/** Its words, and of the number that it is, or stands for, the neighbours. */
function othersOf(knob: KnobName, values: Values): readonly KnobValue[] {
  const { number } = KNOBS[knob]
  const seconds = number === undefined ? Number.NaN : secondsOf(values, knob)
  const near = Number.isFinite(seconds) ? [seconds - 1, seconds + 1] : []
  const within = near.filter((x) => x >= (number?.least ?? 0) && x <= (number?.most ?? 0))
  return [...choicesOf(knob), ...within].filter((value) => !sameValue(value, values[knob]))
}

/** What is the same on every packet. */
interface Silent {
  readonly why: string
  readonly where: (values: Values) => boolean
  /** Each with its other values, if not all. */
  readonly knobs: readonly (KnobName | readonly [KnobName, ...KnobValue[]])[]
}
const isConntrack = ({ tracker }: Values) => tracker === 'conntrack'
const SILENT: readonly Silent[] = [
  {
    why: 'knobs of connection tracking, which nothing else asks for',
    where: (values) => !isConntrack(values),
    knobs: knobNames().filter((knob) => KNOBS[knob].group === 'conntrack'),
  },
  {
    why: "of Suricata's stream engine alone",
    where: ({ tracker }) => tracker !== 'suricata',
    knobs: [['rstOnMiss', 'streamError'], 'asyncOneside', 'synReuseOnNullSession'],
  },
  {
    why: "Suricata's stream engine drops by its events or not at all, and a closed session is one that is closed",
    where: ({ tracker }) => tracker === 'suricata',
    knobs: [['windowCheck', 'liberal'], 'ackWindow', 'tcpTimeWait'],
  },
  { why: 'no windows are held to', where: isLiberal, knobs: ['ackWindow', 'importLiberal'] },
  {
    why: 'no reset waits to be verified',
    where: ({ rstValidation }) => rstValidation !== 'pending',
    knobs: ['tcpUnverifiedReset'],
  },
  {
    why: 'what has no session leaves no mark',
    where: ({ missScope }) => missScope === 'packet',
    knobs: ['discardTcp', 'dropMarkRefreshesIdle', 'dropMarkReplicated'],
  },
  {
    why: 'connection tracking has one way of its own to do it',
    where: isConntrack,
    knobs: [
      ...(['missScope', 'rstOnMiss', 'missAfterExpiry', 'dropInvalid', 'ackWindow'] as const),
      ...([
        'rstValidation',
        'synOnLiveSession',
        'synOnClosedSession',
        'onTimeoutChange',
        'onTableFull',
      ] as const),
      ...(['otherFlows', 'carrier', 'rejectRebuilt', 'expiry'] as const),
      ['finOnMiss', 'policyThenStreamError'],
      ['rejectTarget', 'client'],
      ['flaglessOnMiss', 'rules'],
    ],
  },
  { why: 'what a rule drops leaves no entry', where: isConntrack, knobs: ['discardUdp', 'discardOther'] },
  {
    why: 'states that connection tracking does not tell from others',
    where: isConntrack,
    knobs: ['tcpHalfClosed', 'icmpEstablished', 'otherEstablished'],
  },
  {
    why: 'there is no such system: connection tracking tells nobody of an expiry',
    where: isConntrack,
    knobs: ['resetOnExpiry'],
  },
  { why: 'connection tracking knows no applications', where: isConntrack, knobs: ['appStateReplicated'] },
]

function isLiberal({ tracker, windowCheck }: Values): boolean {
  return tracker === 'windows' && windowCheck === 'liberal'
}

/** Why nothing tells the value from the profile's; undefined: something is to. */
function whySilent(knob: KnobName, value: KnobValue, values: Values): string | undefined {
  return SILENT.find(
    ({ where, knobs }) =>
      where(values) &&
      knobs.some((each) =>
        typeof each === 'string'
          ? each === knob
          : each[0] === knob && each.slice(1).includes(value as string),
      ),
  )?.why
}

/** Shown elsewhere: the load balancer is the harness, policies are asked for by name, and tables are filled in round-trip.test.ts. */
function isAside(knob: KnobName): boolean {
  return knob.startsWith('lb') || knob === 'policies' || knob === 'maxFlows'
}

describe('author/learn: every knob of every shipped profile', () => {
  it('has a probe that divides each other value, but for those named, which none divides', async () => {
    const wrong: string[] = []
    for (const name of profileNames()) {
      const values = valuesOf(getProfile(name))
      const asked = new Asked(values)
      for (const knob of knobNames().filter((each) => !isAside(each)))
        for (const value of othersOf(knob, values)) {
          const silent = whySilent(knob, value, values)
          if ((await asked.divides(knob, value)) === (silent !== undefined))
            wrong.push(
              `${name}: ${knob} ${values[knob]}, ${value}: ${silent === undefined ? 'not divided' : `divided, though ${silent}`}`,
            )
        }
    }
    expect(wrong).to.deep.equal([])
  }).timeout(120_000)
})

import { expect } from 'chai'
import type { KnobValue } from '../../model/setup.ts'
import { getProfile, profileNames } from '../../profile/index.ts'
import { KNOBS } from '../../profile/schema.ts'
import {
  choicesOf,
  type KnobName,
  knobNames,
  sameValue,
  secondsOf,
  type Values,
  valuesOf,
  withValue,
} from './knob-values.ts'
import { LADDERS } from './ladders.ts'
import { Model } from './model.ts'
import { resolved } from './pool.ts'
import type { Answer, Probe } from './probe.ts'
import { PROBES } from './probes.ts'
import { rung } from './rungs.ts'
import { groupsOf } from './subject.ts'

const model = new Model(true, new AbortController().signal)
/** By knob: the setups that divided its values before, the last one first. */
const before = new Map<KnobName, string[]>()

/** A profile, and what it answers, each group of probes asked once. */
class Asked {
  readonly values: Values
  readonly #groups: readonly (readonly Probe[])[]
  readonly #own = new Map<string, Promise<ReadonlyMap<string, Answer>>>()

  constructor(values: Values) {
    this.values = values
    this.#groups = groupsOf(PROBES.map((probe) => ({ ...probe, script: resolved(probe.script, values) })))
  }

  /** Whether some probe, or some rung of the knob's ladders about its value, is answered otherwise with another value. */
  async divides(knob: KnobName, value: KnobValue): Promise<boolean> {
    const other = withValue(this.values, knob, value)
    for (const group of [...this.#rungs(knob, other), ...this.#likely(knob)])
      if (await this.#isDivided(group, other)) {
        const key = keyOf(group)
        before.set(knob, [key, ...(before.get(knob) ?? []).filter((each) => each !== key)])
        return true
      }
    return false
  }

  #likely(knob: KnobName): readonly (readonly Probe[])[] {
    const known = before.get(knob) ?? []
    const rank = (group: readonly Probe[]) =>
      (known.indexOf(keyOf(group)) + known.length + 1) % (known.length + 1)
    return [...this.#groups].sort((one, another) => rank(one) - rank(another))
  }

  *#rungs(knob: KnobName, other: Values): Generator<readonly Probe[]> {
    const numbers = [this.values, other].map((values) => secondsOf(values, knob)).filter(Number.isFinite)
    const around = new Set(numbers.flatMap((x) => [x - 1, x, x + 1]).filter((x) => x >= 0))
    for (const ladder of LADDERS.filter((each) => each.knob === knob && each.flows !== true)) {
      const script = resolved(ladder.script, this.values)
      yield [...around].map((x) => rung({ ...ladder, script }, x))
    }
  }

  async #isDivided(group: readonly Probe[], other: Values): Promise<boolean> {
    const key = group.map(({ setup, script }) => `${setup} ${script}`).join('\n')
    const own = this.#own.get(key) ?? model.answers(this.values, group)
    this.#own.set(key, own)
    const [mine, theirs] = [await own, await model.answers(other, group)]
    return group.some(({ name }) => mine.get(name) !== theirs.get(name))
  }
}

function keyOf(group: readonly Probe[]): string {
  return group.length === 1 ? (group[0]?.name ?? '') : (group[0]?.setup ?? '')
}

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
  { why: 'connection tracking knows no applications', where: isConntrack, knobs: ['appStateReplicated'] },
]

function isLiberal({ tracker, windowCheck }: Values): boolean {
  return tracker === 'windows' && windowCheck === 'liberal'
}

function isSilent(knob: KnobName, value: KnobValue, values: Values): boolean {
  return SILENT.some(
    ({ where, knobs }) =>
      where(values) &&
      knobs.some((each) =>
        typeof each === 'string'
          ? each === knob
          : each[0] === knob && each.slice(1).includes(value as string),
      ),
  )
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
          const silent = isSilent(knob, value, values)
          if ((await asked.divides(knob, value)) === silent)
            wrong.push(`${name}: ${knob} ${values[knob]}, ${value}: ${silent ? 'divided' : 'not divided'}`)
        }
    }
    expect(wrong).to.deep.equal([])
  }).timeout(120_000)
})

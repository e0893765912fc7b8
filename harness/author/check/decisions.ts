import type { Emitted, PacketBatch } from '../../model/batch.ts'
import type { Case } from '../../model/case.ts'
import { Direction, Role, Verdict } from '../../model/codes.ts'
import type { ObservationBatch, Session, Target } from '../../model/target.ts'
import type { Mutant } from './mutant.ts'

/** Turns what was observed of the packets under test into what a wrong firewall would have done. */
type Alter = (observed: ObservationBatch) => void

/** As large as a sequence number may be wrong by. */
const FAR = 0x4000_0000

/** What an engine can decide wrongly, whatever it is set to. */
export const DECISIONS: readonly Mutant[] = [
  decision('fails-open', ({ packets }) => {
    for (const i of afterwards(packets)) decide(packets, i, Verdict.forward)
  }),
  decision('fails-closed', ({ packets }) => {
    for (const i of afterwards(packets)) decide(packets, i, Verdict.drop)
  }),
  decision('rejects-what-it-passes', ({ packets }) => {
    for (const i of afterwards(packets))
      if (packets.verdict[i] === Verdict.forward) decide(packets, i, Verdict.reject)
  }),
  decision('rejects-in-silence', ({ packets }) => {
    for (const i of probes(packets))
      if (packets.verdict[i] === Verdict.reject) decide(packets, i, Verdict.drop)
  }),
  decision('resets-the-wrong-end', ({ packets }) => {
    replaceEmitted(packets, (emitted) => [{ ...emitted, to: OTHER_END[emitted.to] }])
  }),
  decision('resets-with-wrong-numbers', ({ packets }) => {
    replaceEmitted(packets, (emitted) => [
      { ...emitted, seq: (emitted.seq + FAR) >>> 0, ack: (emitted.ack + FAR) >>> 0 },
    ])
  }),
  decision('no-resets-at-expiry', ({ packets }) => {
    replaceEmitted(packets, (emitted) => (emitted.cause < 0 ? [] : [emitted]))
  }),
  decision('first-packet-passes', ({ packets }) => {
    for (const i of afterwards(packets)) {
      const isFirst = i === 0 || packets.phase[i] !== packets.phase[i - 1]
      if (isFirst) decide(packets, i, Verdict.forward)
    }
  }),
  decision(
    'drops-answers',
    ({ packets }) => {
      for (const i of probes(packets))
        if (packets.direction[i] === Direction.s2c) decide(packets, i, Verdict.drop)
    },
    isUnbroken,
  ),
  decision(
    'passes-everything',
    ({ packets }) => {
      for (const i of probes(packets)) decide(packets, i, Verdict.forward)
    },
    isUnbroken,
  ),
]

const OTHER_END: Readonly<Record<Emitted['to'], Emitted['to']>> = {
  sender: 'receiver',
  receiver: 'sender',
  client: 'server',
  server: 'client',
}

function decision(name: string, alter: Alter, of: (test: Case) => boolean = () => true): Mutant {
  return { name: `decision/${name}`, target: (target) => altered(target, alter), of }
}

/** What is wrong from the first packet on says nothing of whether a case notices what it breaks. */
function isUnbroken({ injections }: Case): boolean {
  return injections.length === 0
}

/** Packets that are graded: not controls, by which a dead road is found out. */
function probes(packets: PacketBatch): readonly number[] {
  const found: number[] = []
  for (let i = 0; i < packets.count; i++) if (packets.role[i] === Role.probe) found.push(i)
  return found
}

/** Those of them that come after something broke. */
function afterwards(packets: PacketBatch): readonly number[] {
  return probes(packets).filter((i) => (packets.phase[i] ?? 0) > 0)
}

function decide(packets: PacketBatch, index: number, verdict: number): void {
  packets.verdict[index] = verdict
  packets.reason[index] = 0
  replaceEmitted(packets, (emitted) => (emitted.cause === index ? [] : [emitted]))
}

function replaceEmitted(packets: PacketBatch, by: (emitted: Emitted) => readonly Emitted[]): void {
  if (packets.emitted.length > 0)
    packets.emitted.splice(0, packets.emitted.length, ...packets.emitted.flatMap(by))
}

/** A target whose observations are altered on their way. */
function altered(target: Target, alter: Alter): Target {
  const { name, version, capabilities, lacks } = target
  return {
    name,
    version,
    capabilities,
    ...(lacks === undefined ? {} : { lacks: lacks.bind(target) }),
    prepare: async (setup, signal) => {
      const session = await target.prepare(setup, signal)
      return {
        async *replay(timeline, aborted) {
          for await (const observed of session.replay(timeline, aborted)) {
            alter(observed)
            yield observed
          }
        },
        reset: () => session.reset(),
        counters: () => session.counters(),
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      } satisfies Session
    },
  }
}

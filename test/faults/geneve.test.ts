import { livingOf } from '../../harness/target/process/example-group.test.ts'
import { makeTarget } from '../../harness/target/targets.ts'
import { ApplianceProcess } from '../journeys/appliance-process.ts'
import { describeFaults, type Fault } from './matrix.ts'
import { MOMENTS } from './moments.ts'
import { Tunnel, type Wiring } from './tunnel.ts'

/** Milliseconds: more than the most that a target waits for what may be late. */
const LATE = 6000

/** Seconds of a timeline in one of the appliances' clocks. */
const SCALE = 5

const SILENT: readonly number[] = []
const ONCE = [0] as const

/** What the way to the appliances and back does, by fault. */
const ON_THE_WAY: Readonly<Record<string, (wiring: Wiring, first: number) => void>> = {
  'mutes one direction': (wiring) => {
    wiring.way = ({ fromClient, back }) => (back && !fromClient ? SILENT : ONCE)
  },
  'swaps two hosts': (wiring) => {
    const [first, second] = wiring.appliance
    wiring.appliance = [second, first]
  },
  // The first appliance is asked about everything, and remembers what it told the other's packets.
  'answers from a cache': (wiring, first) => {
    wiring.appliance = [first, first]
  },
  duplicates: (wiring) => {
    wiring.way = ({ back }) => (back ? [0, 0] : ONCE)
  },
  'delays beyond the marker': (wiring) => {
    wiring.way = ({ back, segment }) => (back && segment !== undefined ? [LATE] : ONCE)
  },
  'forwards everything': (wiring) => {
    wiring.passes = () => true
  },
  'drops everything but controls': (wiring) => {
    wiring.way = ({ segment }) => (segment === undefined ? ONCE : SILENT)
  },
}

/** What is done to the appliances themselves: to which of them, and with which signal. */
const ON_APPLIANCES: Readonly<Record<string, readonly [NodeJS.Signals, readonly (0 | 1)[]]>> = {
  'kills one of two hosts': ['SIGKILL', [1]],
  kills: ['SIGKILL', [0, 1]],
  freezes: ['SIGSTOP', [0, 1]],
}

const STRUCK: readonly Fault[] = [
  { name: 'kills one of two hosts', moments: MOMENTS },
  { name: 'kills', moments: MOMENTS },
  { name: 'freezes', moments: MOMENTS },
  { name: 'mutes one direction', moments: MOMENTS, told: /controls did not come out|was to be forward/ },
  { name: 'swaps two hosts', moments: ['between', 'gap'], told: /was to be forward by fw-a/ },
  { name: 'answers from a cache', moments: ['before', 'between', 'gap', 'swap'], told: /was forward/ },
  { name: 'duplicates', moments: MOMENTS, harmless: true },
  { name: 'delays beyond the marker', moments: MOMENTS },
  { name: 'forwards everything', moments: ['before', 'between', 'gap', 'swap'], told: /was forward/ },
  { name: 'drops everything but controls', moments: MOMENTS },
]

const FIRST: readonly Fault[] = [
  { name: 'forwards everything', liar: true, told: /lets everything through/ },
  { name: 'drops everything but controls', liar: true, told: /lets only control packets through/ },
  { name: 'kills one of two hosts', told: /sent by the client arm of fw-b does not come out/ },
  { name: 'kills', told: /sent by the client arm of fw-a does not come out/ },
  { name: 'freezes', told: /sent by the client arm of fw-a does not come out/ },
  { name: 'mutes one direction', told: /sent by the server arm of fw-a does not come out/ },
]

const made: number[] = []

describeFaults({
  name: 'geneve',
  profile: 'aws-nfw',
  gap: '3s',
  faults: [...FIRST, ...STRUCK],
  without: [
    ['swaps two hosts (before, swap, after)', 'two appliances in the state of each other are the same pair'],
    ['answers from a cache (after), forwards everything (after)', 'nothing is asked any more'],
  ],
  sample: 6,
  open: async (fault, moment) => {
    const args = ['--profile', 'aws-nfw', '--policy', 'drop', '--clock-scale', String(SCALE)]
    const appliances = await Promise.all([0, 1].map(() => ApplianceProcess.start(args)))
    made.push(...appliances.map(({ pid }) => pid))
    const [first, second] = appliances.map(({ port }) => port)
    const tunnel = await Tunnel.open([first ?? 0, second ?? 0])
    const strike = async () => {
      const [signal, whom] = ON_APPLIANCES[fault ?? ''] ?? []
      for (const host of whom ?? []) {
        const pid = appliances[host]?.pid
        if (signal !== undefined && pid !== undefined) process.kill(pid, signal)
      }
      ON_THE_WAY[fault ?? '']?.(tunnel.wiring, first ?? 0)
    }
    if (fault !== undefined && moment === undefined) await strike()
    return {
      target: await makeTarget(
        {
          kind: 'geneve',
          profile: 'aws-nfw',
          scale: SCALE,
          families: ['ipv4'],
          hosts: tunnel.ports.map((port) => `127.0.0.1:${port}`),
          returns: 'sender',
        },
        { name: 'faulty', version: 'test' },
      ),
      strike,
      [Symbol.asyncDispose]: async () => {
        await tunnel[Symbol.asyncDispose]()
        await Promise.all(appliances.map((each) => each[Symbol.asyncDispose]()))
      },
    }
  },
  leftovers: () => made.filter((pid) => livingOf(pid).includes(pid)).map(String),
  timeout: 120_000,
})

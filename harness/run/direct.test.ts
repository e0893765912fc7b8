import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import fc from 'fast-check'
import { ClassicWriter } from '../capture/writer.ts'
import { NANOS_PER_SECOND } from '../model/batch.ts'
import { Link } from '../model/codes.ts'
import type { Session, Target } from '../model/target.ts'
import { sendsAllToFirst } from '../path/all-to-first.ts'
import type { LoadBalancerInput, SetupInput } from '../suite/setup/input.ts'
import { makeSetup } from '../suite/setup.ts'
import { ReferenceTarget } from '../target/reference/reference.ts'
import { loadRecorded } from '../timeline/recorded.ts'
import { replayCapture } from './replay.ts'

const CAPTURES = fileURLToPath(new URL('../../captures/', import.meta.url))
const NAMES = readdirSync(CAPTURES).filter((name) => name.endsWith('.pcap'))

interface Frame {
  readonly bytes: Uint8Array
  readonly original: number
}

/** The columns that a stage fills for every packet, whatever it is. */
const COLUMNS = [
  'number',
  'time',
  'kind',
  'flow',
  'direction',
  'step',
  'phase',
  'role',
  'host',
  'verdict',
  'reason',
] as const

/** What there is to see of one replay: each packet's columns, what was emitted, flows, counters and damage. */
async function seenOf(capture: string, input: SetupInput, directly: boolean) {
  const packets: number[][] = []
  const emitted: unknown[] = []
  const flows: unknown[] = []
  let rebuilt = 0
  let counters: unknown
  let wentDirectly = false
  const reference = new ReferenceTarget('0')
  const target: Target = {
    name: 'reference',
    version: '0',
    capabilities: reference.capabilities,
    prepare: async (setup): Promise<Session> => {
      const session = await reference.prepare(setup)
      return {
        replay: (timeline, stop) => session.replay(timeline, stop),
        ...(directly
          ? {
              direct: () => {
                const direct = session.direct?.()
                wentDirectly = direct !== undefined
                return direct
              },
            }
          : {}),
        reset: () => session.reset(),
        counters: async () => {
          const of = await session.counters()
          counters = of
          return of
        },
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      }
    },
  }
  const { damage, crowding } = await replayCapture({
    capture,
    target,
    setup: makeSetup(input),
    injections: [],
    flow: undefined,
    endpoints: 'recorded',
    seed: 1,
    signal: new AbortController().signal,
    observe: ({ packets: batch, by, knowledge }, known, phases) => {
      expect(phases).to.deep.equal(['before'])
      for (let i = 0; i < batch.count; i++)
        packets.push([...COLUMNS.map((column) => batch[column][i] ?? 0), by[i] ?? 0, knowledge[i] ?? 0])
      for (const { cause, ...rest } of batch.emitted)
        emitted.push({ ...rest, cause: batch.number[cause], frame: [...rest.frame] })
      rebuilt += batch.rebuilt.length
      while (flows.length < known.count) flows.push(known.info(flows.length))
    },
  })
  expect(wentDirectly).to.equal(directly)
  return { packets, emitted, rebuilt, flows, counters, damage, crowding }
}

async function expectSame(capture: string, input: SetupInput): Promise<number> {
  const direct = await seenOf(capture, input, true)
  expect(direct).to.deep.equal(await seenOf(capture, input, false))
  return direct.packets.length
}

/** Every Ethernet frame of the recorded captures. */
async function recordedFrames(): Promise<readonly Frame[]> {
  const frames: Frame[] = []
  for (const name of NAMES) {
    const { batch } = await loadRecorded(CAPTURES + name)
    for (let i = 0; i < batch.count; i++)
      if (batch.link[i] === Link.ethernet)
        frames.push({ bytes: batch.copyFrame(i), original: batch.original[i] ?? 0 })
  }
  return frames
}

function write(path: string, frames: readonly Frame[], gaps: readonly number[]): void {
  using writer = new ClassicWriter(path, Link.ethernet, 1_767_225_600_000_000_000n)
  let time = 0
  for (const [index, { bytes, original }] of frames.entries()) {
    time += (gaps[index % gaps.length] ?? 0) * NANOS_PER_SECOND
    writer.write(time, bytes, 0, bytes.length, original)
  }
  writer.close()
}

const SETUPS: readonly SetupInput[] = [
  { profile: 'suricata-7', policy: 'drop' },
  { profile: 'suricata-7', policy: 'reject' },
  { profile: 'aws-nfw', policy: 'continue' },
  { profile: 'linux-conntrack', policy: 'drop', hosts: 1, 'load-balancer': { placement: 'hash' } },
  { profile: 'suricata-7', policy: 'drop', rules: ['alert tcp any any -> any any (msg:"all"; sid:1;)'] },
  { profile: 'aws-nfw', policy: 'drop', 'reset-on-expiry': 'both', 'tcp-idle': '60s' },
]

describe('run: a capture as it is', () => {
  let folder = ''
  let frames: readonly Frame[] = []

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-direct-'))
    frames = await recordedFrames()
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('fares without a timeline as with one: the recorded captures', async () => {
    for (const name of NAMES) expect(await expectSame(CAPTURES + name, SETUPS[0] ?? {})).to.be.greaterThan(0)
  })

  it('fares without a timeline as with one: runs of recorded frames, wherever they end', async () => {
    // Runs that follow each other in any order: flows begin midway, come again, and are idle for too long.
    const runs = fc.array(
      fc.record({
        from: fc.nat(),
        length: fc.integer({ min: 1, max: 400 }),
        step: fc.constantFrom(1, 1, 1, 2, 7),
      }),
      { minLength: 1, maxLength: 8 },
    )
    const gaps = fc.array(fc.constantFrom(0, 0.001, 0.01, 0.5, 1, 61, 601), { minLength: 1, maxLength: 40 })
    const path = join(folder, 'runs.pcap')
    let most = 0
    await fc.assert(
      fc.asyncProperty(
        runs,
        gaps,
        fc.constantFrom(...SETUPS),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (parts, between, input, cut) => {
          const picked = parts.flatMap(({ from, length, step }) =>
            Array.from({ length }, (_, index) => frames[(from + index * step) % frames.length]),
          )
          const chosen = picked.filter((frame) => frame !== undefined)
          write(path, chosen, between)
          most = Math.max(most, await expectSame(path, input))
          const whole = readFileSync(path)
          writeFileSync(path, whole.subarray(0, 24 + Math.floor((whole.length - 24) * cut)))
          await expectSame(path, input)
        },
      ),
      { seed: 21, numRuns: 25 },
    )
    // More than go through the stages together.
    expect(most).to.be.greaterThan(1024)
  })

  it('is what goes to the first host whatever came before, and waits for nobody', async () => {
    const goesToFirst = (input: SetupInput) => sendsAllToFirst(makeSetup(input).topology)
    expect(goesToFirst({})).to.equal(true)
    const asked: readonly LoadBalancerInput[] = [
      { placement: 'hash' },
      { 'non-syn-miss': 'drop' },
      { 'reset-on': ['idle'], failover: 'no_rebalance' },
      { stickiness: '3-tuple' },
      { capacity: 10 },
      { mtu: 1500 },
      { 'host-mtu': 1500 },
      { 'host-tcp-established': '400s' },
    ]
    for (const knobs of asked)
      expect(goesToFirst({ 'load-balancer': knobs }), JSON.stringify(knobs)).to.equal(false)
    for (const sharing of ['none', 'snat', 'replication', 'cluster', 'sync']) {
      await using session = await new ReferenceTarget('0').prepare(makeSetup({ sharing }))
      expect(session.direct?.() !== undefined, sharing).to.equal(sharing === 'none')
    }
  })
})

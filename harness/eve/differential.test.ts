import { expect } from 'chai'
import { Engine } from '../engine/engine.ts'
import { packet } from '../engine/example-engine.test.ts'
import {
  batchOf,
  fold,
  type OracleCase,
  readRecorded,
  recordedCaptures,
} from '../engine/oracle-cases.test.ts'
import { ORACLE_EPOCH, type OracleFrame, suricataEve } from '../engine/oracle-suricata.test.ts'
import { FlowTable } from '../flow/table.ts'
import type { ExceptionPolicy } from '../model/setup.ts'
import { getProfile } from '../profile/index.ts'
import { EveOutput } from './output.ts'

type Event = Record<string, unknown>

/** Captures longer than this are left to the tests of the engine. */
const LONGEST = 120

/**
 * What is not compared. `host` is ours alone; flow ids are drawn; Suricata writes flow events when it gets to it; the rest it knows
 * from its application layer and its reassembly.
 */
const APART: readonly string[] = [
  'flow_id',
  'host',
  'app_proto',
  'app_proto_ts',
  'app_proto_tc',
  'app_proto_expected',
  'app_proto_orig',
  'parent_id',
  'metadata',
  'exception_policy',
  'ts_max_regions',
  'tc_max_regions',
  'ts_gap',
  'tc_gap',
]

/** The events of real Suricata and of the engine about the same frames. */
async function both(frames: readonly OracleFrame[], exception: ExceptionPolicy) {
  const text = await suricataEve(frames, { exception, flows: true })
  const theirs = text.split('\n').filter((line) => line !== '')
  const ours: string[] = []
  const output = new EveOutput(['only'], 'suricata', (line) => ours.push(line))
  output.records.epoch = BigInt(ORACLE_EPOCH) * 1_000_000_000n
  const batch = batchOf(frames)
  new FlowTable().assign(batch)
  const engine = new Engine({
    profile: getProfile('suricata-7'),
    policy: { exception, ruleOrder: 'action', defaultActions: [] },
    rules: [],
    hosts: 1,
    records: output.records,
    alerts: output,
  })
  engine.decide(batch, 0, batch.count)
  const before = ours.length
  engine.finish()
  return { theirs: theirs.map(parsed), ours: ours.map(parsed), replaced: ours.slice(0, before).map(parsed) }
}

function parsed(line: string): Event {
  return JSON.parse(line)
}

/** Events of a type, without what is apart, in an order of their own; `reasons`: with why flows ended. */
function sorted(events: readonly Event[], type: string, reasons: boolean): string[] {
  return events
    .filter((event) => event.event_type === type && !isError6(event))
    .map((event) => JSON.stringify(bare(event, type, reasons)))
    .sort()
}

/** Suricata makes a flow of its own of ICMPv6 errors, which decides nothing; here they are of no flow. */
function isError6({ proto, icmp_type: type }: Event): boolean {
  return proto === 'IPv6-ICMP' && typeof type === 'number' && type < 128
}

function bare(event: Event, type: string, reasons: boolean): Event {
  const rest = withoutApart(event)
  if (type === 'drop') return rest
  // Suricata writes of a flow when it gets to it, not when the flow ends.
  const { timestamp: _, flow, ...members } = rest
  if (!isObject(flow)) return members
  const { reason, ...counted } = flow
  return { ...members, flow: reasons ? flow : counted }
}

function withoutApart(event: Event): Event {
  return Object.fromEntries(
    Object.entries(event)
      .filter(([key]) => !APART.includes(key))
      .map(([key, value]) => [key, isObject(value) ? withoutApart(value) : withoutPriorityTags(value)]),
  )
}

/** Folding puts cases into VLANs, of which the outer one is 0 in few cases; such a tag is no VLAN. */
function withoutPriorityTags(value: unknown): unknown {
  if (!Array.isArray(value)) return value
  const tags = value.filter((tag) => tag !== 0)
  return tags.length === 0 ? undefined : tags
}

function isObject(value: unknown): value is Event {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function variants(name: string): OracleCase[] {
  const frames = readRecorded(name)
  if (frames.length > LONGEST) return []
  const cuts = [0, 1, 2, 3, 5, 8, Math.floor(frames.length / 2), frames.length - 2]
  return [...new Set(cuts)]
    .filter((cut) => cut >= 0 && cut < frames.length)
    .map((cut) => ({ name: `${name} from packet ${cut + 1}`, frames: frames.slice(cut) }))
}

function written(...lines: readonly string[]): OracleCase {
  const frames = lines
    .map((line) => packet(line))
    .map(({ seconds, bytes }) => ({ time: seconds * 1e9, bytes }))
  return { name: lines.join(', '), frames }
}

const OPEN = ['> S 0', '< SA 0 1', '> A 1 1'] as const
/** Entries that end before the capture does: idle for too long, or replaced by a fresh SYN. */
const ENDINGS: readonly OracleCase[] = [
  ...[60, 61].map((gap) => written('> A 1 1', `< A 1 1 @${gap}`)),
  ...[600, 601].map((gap) => written(...OPEN, `> PA 1 1 len=5 @${gap}`)),
  ...[60, 61].map((gap) => written(...OPEN, '> R 1', `> A 1 1 @${gap}`)),
  ...[30, 31, 301].map((gap) => written('> UDP', '< UDP @1', `> UDP @${gap + 1}`)),
  ...[30, 31].map((gap) => written('> PING', `> PING @${gap}`)),
  written('> A 9 9', '> S 0', '< SA 0 1', '> A 1 1'),
  written(...OPEN, '> FA 1 1', '< FA 1 2', '> A 2 2', '> S 900', '< SA 900 901'),
]

describe('eve: as Suricata 7.0.10 writes it', () => {
  const names = recordedCaptures()
  const { frames } = fold(names.filter((name) => !/fragments|vlan/.test(name)).flatMap(variants))

  for (const exception of ['drop', 'reject', 'continue'] as const)
    it(`${exception}: captures whole and cut, every drop, flow and netflow, field by field`, async () => {
      const { theirs, ours } = await both(frames, exception)
      for (const type of ['drop', 'flow', 'netflow']) {
        const expected = sorted(theirs, type, true)
        expect(expected.length, type).to.be.greaterThan(100)
        expect(sorted(ours, type, true), type).to.deep.equal(expected)
      }
    })

  it('entries that end before the capture does: what was counted, and that they timed out', async () => {
    for (const exception of ['drop', 'continue'] as const) {
      const { theirs, ours, replaced } = await both(fold(ENDINGS).frames, exception)
      // At the end of a capture it is chance whether Suricata finds a flow idle or is shut down first.
      for (const type of ['drop', 'flow', 'netflow'])
        expect(sorted(ours, type, false), type).to.deep.equal(sorted(theirs, type, false))
      const ended = sorted(replaced, 'flow', true)
      expect(ended.length).to.be.at.least(7)
      expect(sorted(theirs, 'flow', true)).to.include.members(ended)
      expect(ended.every((text) => text.includes('"reason":"timeout"'))).to.equal(true)
    }
  })

  it('fragments: what was counted, and a drop a datagram', async () => {
    for (const name of names.filter((each) => each.includes('fragments'))) {
      const { theirs, ours } = await both(readRecorded(name).slice(1), 'reject')
      for (const type of ['flow', 'netflow'])
        expect(sorted(ours, type, true), `${name} ${type}`).to.deep.equal(sorted(theirs, type, true))
      // Suricata logs the datagram without its number, and then the fragment that completed it as part of it.
      const datagrams = (events: readonly Event[]) =>
        sorted(
          events.filter(({ pkt_src: from }) => from === 'defrag').map(({ pcap_cnt: _, ...rest }) => rest),
          'drop',
          true,
        )
      expect(datagrams(ours), name).to.deep.equal(datagrams(theirs))
    }
  })

  it('VLAN ids as they are', async () => {
    for (const name of ['vlan-http-ipv4.pcap', 'vlan-http-ipv6.pcap']) {
      const { theirs, ours } = await both(readRecorded(name).slice(2), 'reject')
      for (const type of ['drop', 'flow', 'netflow']) {
        expect(sorted(ours, type, true), type).to.deep.equal(sorted(theirs, type, true))
        expect(sorted(ours, type, true).join()).to.include('"vlan":[')
      }
    }
  })
})

import { FlowTable } from '../flow/table.ts'
import type { PacketBatch } from '../model/batch.ts'
import { Link, nameOf, Reason, Tcp, Verdict } from '../model/codes.ts'
import { PLAIN_READING } from '../model/reading.ts'
import type { ExceptionPolicy, Policy } from '../model/setup.ts'
import type { MakeSharing } from '../model/sharing.ts'
import { getProfile, type Knobs, type Profile } from '../profile/index.ts'
import { fragmentReadingOf } from '../profile/reading.ts'
import { makeSharing } from '../sharing/sharing.ts'
import { makeSetup } from '../suite/setup.ts'
import { Engine, type EngineOptions } from './engine.ts'
import { batchOf } from './oracle-cases.test.ts'

const LETTERS: Readonly<Record<string, number>> = {
  F: Tcp.fin,
  S: Tcp.syn,
  R: Tcp.rst,
  P: Tcp.psh,
  A: Tcp.ack,
  U: Tcp.urg,
}
const CLIENT_PORT = 40_000
const SERVER_PORT = 80

export type FrameOptions = {
  readonly family?: 'ipv4' | 'ipv6'
  readonly clientIsn?: number
  readonly serverIsn?: number
}

/** One packet of an example: when, at which host, and its Ethernet frame. */
export interface ExamplePacket {
  readonly seconds: number
  readonly host: number
  readonly bytes: Uint8Array
}

/**
 * A packet from a line: direction, flags, sequence and acknowledgement number relative to the initial ones, then in any
 * order `len=` `win=` `ts=value/echo` `scale=` `tfo` (asks for a cookie) `@seconds` `host=` `port=` (the client's). `> PA 1 1 len=10 @5`; `> UDP` or
 * `> PING`/`< PONG` for what is not TCP; flags `.` are none.
 */
export function packet(line: string, options: FrameOptions = {}): ExamplePacket {
  const [way = '>', what = '', ...rest] = line.trim().split(/\s+/)
  const numbers = rest.filter((word) => /^-?\d+$/.test(word)).map(Number)
  const value = (name: string, fallback: number) => {
    const word = rest.find((candidate) => candidate.startsWith(name))
    return word === undefined ? fallback : Number(word.slice(name.length))
  }
  const toServer = way === '>'
  const segment = what === 'UDP' ? udp(toServer) : /PING|PONG/.test(what) ? echo(what) : tcp(what, toServer)
  return {
    seconds: value('@', 0),
    host: value('host=', 0),
    bytes: ethernet(segment, what, toServer, options),
  }

  function tcp(flags: string, c2s: boolean): Uint8Array {
    const stamps = rest
      .find((word) => word.startsWith('ts='))
      ?.slice(3)
      .split('/')
      .map(Number)
    const scale = value('scale=', -1)
    const scaled = 20 + (stamps === undefined ? 0 : 12) + (scale < 0 ? 0 : 4)
    const header = scaled + (rest.includes('tfo') ? 4 : 0)
    const bytes = new Uint8Array(header + value('len=', 0))
    const view = new DataView(bytes.buffer)
    const { clientIsn = 1000, serverIsn = 5000 } = options
    const port = value('port=', CLIENT_PORT)
    const bits = [...flags].reduce((sum, letter) => sum | (LETTERS[letter] ?? 0), 0)
    view.setUint16(0, c2s ? port : SERVER_PORT)
    view.setUint16(2, c2s ? SERVER_PORT : port)
    view.setUint32(4, (c2s ? clientIsn : serverIsn) + (numbers[0] ?? 0))
    if ((bits & Tcp.ack) !== 0) view.setUint32(8, (c2s ? serverIsn : clientIsn) + (numbers[1] ?? 0))
    view.setUint8(12, (header / 4) << 4)
    view.setUint8(13, bits)
    view.setUint16(14, value('win=', 60_000))
    if (stamps !== undefined) {
      view.setUint32(20, 0x0101080a)
      view.setUint32(24, stamps[0] ?? 0)
      view.setUint32(28, stamps[1] ?? 0)
    }
    if (scale >= 0) view.setUint32(scaled - 4, 0x01030300 | scale)
    if (header > scaled) view.setUint32(scaled, 0x22020101)
    return bytes
  }

  function udp(c2s: boolean): Uint8Array {
    const port = value('port=', CLIENT_PORT)
    const ports = c2s ? [port, SERVER_PORT] : [SERVER_PORT, port]
    return Uint8Array.from([...ports, 12, 0].flatMap((word) => [word >> 8, word & 255]).concat([1, 2, 3, 4]))
  }

  function echo(name: string): Uint8Array {
    const six = options.family === 'ipv6'
    const type = name === 'PING' ? (six ? 128 : 8) : six ? 129 : 0
    return Uint8Array.from([type, 0, 0, 0, 0, 1, 0, 1])
  }
}

function ethernet(segment: Uint8Array, what: string, toServer: boolean, options: FrameOptions): Uint8Array {
  const six = options.family === 'ipv6'
  const protocol = what === 'UDP' ? 17 : /PING|PONG/.test(what) ? (six ? 58 : 1) : 6
  const client = six ? [...Array(15).fill(0x20), 1] : [192, 0, 2, 10]
  const server = six ? [...Array(15).fill(0x20), 2] : [198, 51, 100, 80]
  const length = six ? segment.length : segment.length + 20
  const ends = toServer ? [...client, ...server] : [...server, ...client]
  const ip = six
    ? [0x60, 0, 0, 0, length >> 8, length & 255, protocol, 64, ...ends]
    : [0x45, 0, length >> 8, length & 255, 0, 0, 0x40, 0, 64, protocol, 0, 0, ...ends]
  return Uint8Array.from([...Array(12).fill(2), ...(six ? [0x86, 0xdd] : [8, 0]), ...ip, ...segment])
}

export type LabOptions = {
  readonly exception?: ExceptionPolicy
  readonly profile?: string
  /** Knobs with other values. */
  readonly knobs?: { readonly [K in keyof Knobs]?: NonNullable<Knobs[K]>['value'] }
  readonly policy?: Partial<Policy>
  readonly rules?: readonly string[]
  /** A kind that needs no keys, or a model. */
  readonly sharing?: 'none' | 'replication' | MakeSharing
  /** Absent: two. */
  readonly hosts?: number
  readonly frames?: FrameOptions
  readonly records?: EngineOptions['records']
  readonly alerts?: EngineOptions['alerts']
}

/** An engine, of two hosts if not said, a flow table, and a clock: packets go in as lines, verdicts come out as words. */
export class Lab {
  readonly engine: Engine
  readonly #flows: FlowTable
  readonly #frames: FrameOptions
  /** The batch of the last call. */
  batch: PacketBatch = batchOf([])

  constructor(options: LabOptions = {}) {
    this.#frames = options.frames ?? {}
    const profile = changed(getProfile(options.profile ?? 'aws-nfw'), options.knobs ?? {})
    this.#flows = new FlowTable({ ...PLAIN_READING, fragments: fragmentReadingOf(profile.knobs) })
    this.engine = new Engine({
      profile,
      policy: {
        exception: options.exception ?? 'drop',
        ruleOrder: 'action',
        defaultActions: [],
        ...options.policy,
      },
      rules: options.rules ?? [],
      hosts: options.hosts ?? 2,
      sharing:
        typeof options.sharing === 'function'
          ? options.sharing
          : makeSharing(makeSetup({ sharing: options.sharing ?? 'none' }).topology.sharing),
      alerts: options.alerts,
      records: options.records,
    })
  }

  /** Plays lines, or frames; answers with `forward`, `drop stream error`, `reject stream midstream` … for each. */
  play(...packets: readonly (string | ExamplePacket)[]): string[] {
    const parsed = packets.map((each) => (typeof each === 'string' ? packet(each, this.#frames) : each))
    const batch = batchOf(parsed.map(({ seconds, bytes }) => ({ time: seconds * 1e9, bytes })))
    for (const [index, { host }] of parsed.entries()) {
      batch.host[index] = host
      batch.link[index] = Link.ethernet
    }
    this.#flows.assign(batch)
    this.engine.decide(batch, 0, batch.count)
    this.batch = batch
    return parsed.map((_, index) => outcomeOf(batch, index))
  }
}

/** Verdict and reason of a packet in words. */
export function outcomeOf(batch: PacketBatch, index: number): string {
  const verdict = nameOf(Verdict, batch.verdict[index] ?? 0)
  const reason = nameOf(Reason, batch.reason[index] ?? 0)
  return reason === 'none' ? verdict : `${verdict} ${reason}`
}

/** A profile with other values of some knobs. */
export function changed(profile: Profile, values: LabOptions['knobs']): Profile {
  const knobs = { ...profile.knobs } as Record<string, unknown>
  for (const [name, value] of Object.entries(values ?? {}))
    knobs[name] = { value, mark: 'INF', source: 'changed for a test' }
  return { ...profile, knobs: knobs as unknown as Knobs }
}

export const HANDSHAKE = ['> S 0', '< SA 0 1', '> A 1 1'] as const

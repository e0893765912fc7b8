import { type Nanos, PacketBatch } from '../model/batch.ts'
import { Role, Verdict } from '../model/codes.ts'
import type { Setup } from '../model/setup.ts'
import type { Capabilities, Session } from '../model/target.ts'
import type { TimelineChunk } from '../model/timeline.ts'
import { CONTROL_PORT, controlFrame } from '../observe/control-frames.ts'
import { openingFrame } from '../observe/opening.ts'
import { deniedControlOf } from '../profile/denied.ts'
import { decodeBatch } from '../wire/decode.ts'
import { type EndChange, readdress } from '../wire/readdress.ts'

/** Most packets sent to a host: allowed and denied in both directions, and a new connection. */
const MOST_ASKED = 5
/** Bytes reserved for each of them. */
const ROOM = 128

/** A client and a server with addresses that nothing else in the run has. */
export interface Strangers {
  readonly client: Required<EndChange>
  readonly server: Required<EndChange>
  /** Their initial sequence numbers. */
  readonly initial: readonly [number, number]
}

/** Returns two ends of the same family, other ones on each call; the server listens on that port. */
export type DrawStrangers = (serverPort: number) => Strangers

interface Expected {
  readonly what: keyof typeof WRONG
  readonly road: string
}

/**
 * Proves that a session both forwards and drops: through every host and in both directions an allowed datagram must come out, and
 * a packet that the setup denies (a TCP reset of a connection that nobody opened, or a datagram denied by a rule) must not. On a virtual
 * clock a new connection must come out too; it is not a control but looks like one of a case, so that a program cannot recognise it.
 */
export class Calibration {
  /** The packets to offer, with the columns from timeline/ on. */
  readonly packets: PacketBatch
  readonly #expected: Expected[] = []
  #seen = 0

  /** `strangers`: ends of the connection that the reset is about; absent: those of all controls. `again`: after one that passed. */
  constructor(setup: Setup, { clock, families }: Proved, strangers?: DrawStrangers, again?: Again) {
    const { hosts } = setup.topology
    const family = families.includes('ipv4') ? 'ipv4' : 'ipv6'
    const denied = deniedControlOf(setup)
    const batch = new PacketBatch(hosts.length * MOST_ASKED, hosts.length * MOST_ASKED * ROOM)
    const ask = (what: Expected['what'], host: number, direction: 0 | 1) => {
      const frame =
        what === 'opening'
          ? openingFrame(setup, host, again === undefined ? 0 : 1)
          : controlFrame(family, direction, what)
      if (what === 'denied' && strangers !== undefined) {
        const { client, server } = strangers(CONTROL_PORT.server)
        const [source, destination] = direction === 0 ? [client, server] : [server, client]
        readdress(frame.frame, frame.link, { source, destination })
      }
      const role = what === 'opening' ? Role.probe : Role.control
      append(batch, frame, { host, direction, role, flow: this.#expected.length })
      this.#expected.push({ what, road: `${hosts[host]} ${direction === 0 ? 'c2s' : 's2c'}` })
    }
    for (let host = 0; host < hosts.length; host++) {
      if (again?.without.has(host) === true) continue
      for (const direction of [0, 1] as const)
        for (const what of ['allowed', denied] as const) ask(what, host, direction)
      if (clock === 'virtual' && again?.opens !== false && takesPackets(setup, host)) ask('opening', host, 0)
    }
    decodeBatch(batch)
    this.packets = batch
  }

  /** Moves it to another time. */
  at(time: Nanos): this {
    this.packets.time.fill(time, 0, this.packets.count)
    return this
  }

  /** Takes observations of its packets, in their order; returns a sentence that says what is wrong; undefined: nothing. */
  judge({ verdict, count }: PacketBatch): string | undefined {
    for (let i = 0; i < count; i++) {
      const { what, road } = this.#expected[this.#seen++] ?? { what: 'allowed', road: 'nowhere' }
      const out = verdict[i] === Verdict.forward
      if (out === (what === 'denied' || what === 'denied-port')) return WRONG[what](road)
    }
    return undefined
  }

  /** The sentence that says what is wrong if the replay has ended and some packets have no answer. */
  unanswered(): string | undefined {
    const asked = this.#expected.length
    return this.#seen === asked ? undefined : `The target answered for ${this.#seen} of ${asked} packets.`
  }
}

/** What has happened since the first calibration. */
export interface Again {
  /** Indices of hosts that are left out. */
  readonly without: ReadonlySet<number>
  /** Whether new connections are still allowed. */
  readonly opens: boolean
}

/** The capabilities that calibration depends on. */
export type Proved = Pick<Capabilities, 'clock' | 'families'>

/** Calibrates a session with a timeline of its own; returns a sentence that says what is wrong; undefined: nothing. */
export async function calibrate(
  session: Session,
  setup: Setup,
  signal: AbortSignal,
  proved: Proved = { clock: 'real', families: ['ipv4'] },
  strangers?: DrawStrangers,
): Promise<string | undefined> {
  const calibration = new Calibration(setup, proved, strangers)
  async function* chunks(): AsyncGenerator<TimelineChunk> {
    yield { packets: calibration.packets, events: [] }
  }
  const timeline = { epoch: 0n, phases: ['before'], chunks: chunks() }
  for await (const { packets } of session.replay(timeline, signal)) {
    const wrong = calibration.judge(packets)
    if (wrong !== undefined) return wrong
  }
  await session.reset()
  return calibration.unanswered()
}

const WRONG = {
  allowed: (road: string) =>
    `A datagram that is allowed did not come out by ${road}: the target is deaf or dead there.`,
  opening: (road: string) =>
    `A new connection did not come out by ${road}: the target lets only control packets through.`,
  denied: (road: string) =>
    `A reset of no known connection came out by ${road}: the target lets everything through.`,
  'denied-port': (road: string) =>
    `A datagram that a rule denies came out by ${road}: the target lets everything through.`,
} as const

/** Whether a host takes packets before it has taken over: in a pair with one on standby only the first does. */
export function takesPackets({ topology: { sharing } }: Setup, host: number): boolean {
  return sharing.kind !== 'sync' || sharing.mode === 'active-active' || host === 0
}

export function append(
  batch: PacketBatch,
  control: { readonly frame: Uint8Array; readonly link: number },
  place: { readonly host: number; readonly direction: 0 | 1; readonly flow: number; readonly role: number },
): void {
  const n = batch.count++
  const at = n === 0 ? 0 : (batch.start[n - 1] ?? 0) + (batch.captured[n - 1] ?? 0)
  batch.bytes.set(control.frame, at)
  batch.start[n] = at
  batch.captured[n] = control.frame.length
  batch.original[n] = control.frame.length
  batch.link[n] = control.link
  batch.flow[n] = place.flow
  batch.direction[n] = place.direction
  batch.host[n] = place.host
  batch.role[n] = place.role
}

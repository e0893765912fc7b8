import { PacketBatch } from '../model/batch.ts'
import { Role, Tcp, Verdict } from '../model/codes.ts'
import type { Setup } from '../model/setup.ts'
import type { Session } from '../model/target.ts'
import type { TimelineChunk } from '../model/timeline.ts'
import { controlFrame } from '../observe/control-frames.ts'
import { ReferenceTarget } from '../target/reference/reference.ts'
import { decodeBatch } from '../wire/decode.ts'
import { forgeTcp } from '../wire/forge.ts'
import { readdress } from '../wire/readdress.ts'
import { append, type DrawStrangers, type Strangers, takesPackets } from './calibrate.ts'

/** The result of `calibrateOpenings`. */
export interface Opening {
  /** The sentence that says what is wrong; absent: nothing. */
  readonly wrong?: string
  /** Draws ends that can open a connection; absent: none are known. */
  readonly draw?: () => Strangers
}

const { syn, ack } = Tcp
/** The segments of a handshake. */
const HANDSHAKE = [
  { direction: 0, flags: syn, seq: 0, acknowledges: false },
  { direction: 1, flags: syn | ack, seq: 0, acknowledges: true },
  { direction: 0, flags: ack, seq: 1, acknowledges: true },
] as const
const WINDOW = 64_240
/** Most bytes of a frame. */
const LARGEST = 128
/** Ports of servers in recordings: if the rules of a setup allow anything, they allow one of these. */
const SERVER_PORTS = [7, 80, 443, 53, 22, 21, 25, 5432, 6379, 8080] as const

/**
 * Proves that a target lets through packets that are not controls: through each host it opens a connection that looks like one of a case.
 * The reference decides which port the setup's rules allow; if they forbid all ports that are tried, the target is not asked. Cases
 * begin with empty tables anyway.
 */
export async function calibrateOpenings(
  session: Session,
  setup: Setup,
  strangers: DrawStrangers | undefined,
  signal: AbortSignal,
): Promise<Opening> {
  const { hosts } = setup.topology
  const port = strangers && (await openPort(setup, strangers, signal))
  if (port === undefined || strangers === undefined) return {}
  const taking = hosts.flatMap((_, host) => (takesPackets(setup, host) ? [host] : []))
  const passed = await opened(session, taking, () => strangers(port), signal)
  const closed = taking.find((_, at) => passed[at] !== true)
  // Hosts that share all sessions would also share one that nobody answers.
  if (closed === undefined)
    return setup.topology.sharing.kind === 'sync' ? {} : { draw: () => strangers(port) }
  const wrong = `A new connection to port ${port} was not let through by ${hosts[closed]}: the target lets only control packets through, or is not configured as the suite says.`
  return { wrong }
}

/** Whether anything besides the exception policy decides about packets. */
function hasRules({ rules, policy, stateless }: Setup): boolean {
  return rules.length > 0 || policy.defaultActions.length > 0 || stateless !== undefined
}

/** A frame that is offered in a direction. */
interface Offering {
  readonly frame: Uint8Array
  readonly link: number
  readonly direction: 0 | 1
}

/** A port to which the setup allows connections; undefined: none of those tried. */
async function openPort(
  setup: Setup,
  strangers: DrawStrangers,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (!hasRules(setup)) return SERVER_PORTS[0]
  const topology = { ...setup.topology, hosts: ['fw-a'], sharing: { kind: 'none' as const } }
  await using reference = await new ReferenceTarget('').prepare({ ...setup, topology })
  for (const port of SERVER_PORTS) {
    const [passed] = await opened(reference, [0], () => strangers(port), signal)
    if (passed === true) return port
    // Each attempt must be its first connection.
    await reference.reset()
  }
  return undefined
}

/** By host of `hosts`: whether a connection could be opened through it. */
async function opened(
  session: Session,
  hosts: readonly number[],
  draw: () => Strangers,
  signal: AbortSignal,
): Promise<boolean[]> {
  const count = hosts.length * HANDSHAKE.length
  const batch = new PacketBatch(count, count * LARGEST)
  for (const [flow, host] of hosts.entries())
    for (const { frame, link, direction } of handshakeOf(draw()))
      append(batch, { frame, link }, { host, direction, flow, role: Role.probe })
  for (let i = 0; i < count; i++) batch.step[i] = i
  decodeBatch(batch)
  async function* chunks(): AsyncGenerator<TimelineChunk> {
    yield { packets: batch, events: [] }
  }
  const passed = hosts.map(() => true)
  for await (const { packets } of session.replay({ epoch: 0n, phases: ['before'], chunks: chunks() }, signal))
    for (let i = 0; i < packets.count; i++) {
      const verdict = packets.verdict[i]
      // A device that stands in for the server answers the client before it lets anything through.
      if (verdict !== Verdict.forward && verdict !== Verdict.answered) passed[packets.flow[i] ?? 0] = false
    }
  return passed
}

/** The handshake of a connection between these ends, as Ethernet frames. */
export function handshakeOf({ client, server, initial }: Strangers): Offering[] {
  const family = client.address.length === 4 ? 'ipv4' : 'ipv6'
  const ends = [client, server] as const
  return HANDSHAKE.map(({ direction, flags, seq, acknowledges }) => {
    const other = direction === 0 ? 1 : 0
    const { frame: bytes, link } = controlFrame(family, direction, 'opening')
    const numbers = {
      seq: initial[direction] + seq,
      ack: acknowledges ? initial[other] + 1 : 0,
    }
    const frame = forgeTcp({ bytes, link }, { flags, ...numbers, window: WINDOW, payload: 0 })
    readdress(frame, link, { source: ends[direction], destination: ends[other] })
    return { frame, link, direction }
  })
}

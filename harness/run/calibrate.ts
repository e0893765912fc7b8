import { PacketBatch } from '../model/batch.ts'
import { Role, Verdict } from '../model/codes.ts'
import type { Setup } from '../model/setup.ts'
import type { Capabilities, Session } from '../model/target.ts'
import type { TimelineChunk } from '../model/timeline.ts'
import { controlFrame } from '../observe/control-frames.ts'
import { deniedControlOf } from '../profile/denied.ts'
import { decodeBatch } from '../wire/decode.ts'
import { readdress } from '../wire/readdress.ts'

/** Of the client that opens a connection by each host. */
const FIRST_PORT = 50_000

interface Expected {
  readonly what: keyof typeof WRONG
  readonly road: string
}

/**
 * Proves that a session can say yes and no: by every host and in both directions a datagram that is allowed must come out,
 * and what the setup denies (a TCP reset of a connection that nobody opened, or a datagram by a rule) must not. Where no rules of
 * the setup could forbid it, a new connection must come out of a target with a virtual clock too, which is no control: a program that
 * knows controls does not know it.
 * Answers the sentence of what is wrong; undefined: nothing.
 */
export async function calibrate(
  session: Session,
  setup: Setup,
  signal: AbortSignal,
  clock: Capabilities['clock'] = 'real',
): Promise<string | undefined> {
  const { hosts } = setup.topology
  const denied = deniedControlOf(setup)
  const expected: Expected[] = []
  const batch = new PacketBatch(hosts.length * 5, hosts.length * 640)
  const ask = (what: Expected['what'], host: number, direction: 0 | 1) => {
    const flow = expected.length
    const control = controlFrame('ipv4', direction, what)
    // Each host is offered a connection of its own: of another's it may have been told.
    if (what === 'opening') readdress(control.frame, control.link, { source: { port: FIRST_PORT + host } })
    append(batch, control, { host, direction, flow })
    if (what === 'opening') batch.role[flow] = Role.probe
    expected.push({ what, road: `${hosts[host]} ${direction === 0 ? 'c2s' : 's2c'}` })
  }
  for (let host = 0; host < hosts.length; host++) {
    for (const direction of [0, 1] as const)
      for (const what of ['allowed', denied] as const) ask(what, host, direction)
    if (clock === 'virtual' && !hasRules(setup) && takesPackets(setup, host)) ask('opening', host, 0)
  }
  decodeBatch(batch)
  async function* chunks(): AsyncGenerator<TimelineChunk> {
    yield { packets: batch, events: [] }
  }
  let seen = 0
  for await (const { packets } of session.replay({ epoch: 0n, phases: ['before'], chunks: chunks() }, signal))
    for (let i = 0; i < packets.count; i++) {
      const { what, road } = expected[seen++] ?? { what: 'allowed', road: 'nowhere' }
      const out = packets.verdict[i] === Verdict.forward
      if (out === (what === 'denied' || what === 'denied-port')) return WRONG[what](road)
    }
  await session.reset()
  return seen === expected.length
    ? undefined
    : `The target answered for ${seen} of ${expected.length} packets.`
}

const WRONG = {
  allowed: (road: string) =>
    `A datagram that is allowed did not come out by ${road}: the target is deaf or dead there.`,
  opening: (road: string) =>
    `A new connection did not come out by ${road}: the target lets nothing through that is no control.`,
  denied: (road: string) =>
    `A reset of no known connection came out by ${road}: the target lets everything through.`,
  'denied-port': (road: string) =>
    `A datagram that a rule denies came out by ${road}: the target lets everything through.`,
} as const

/** Whether a host is there for more than to take over: of a pair in which one stands by, the first is. */
function takesPackets({ topology: { sharing } }: Setup, host: number): boolean {
  return sharing.kind !== 'sync' || sharing.mode === 'active-active' || host === 0
}

/** Whether something beside the exception policy decides about packets. */
function hasRules({ rules, policy, stateless }: Setup): boolean {
  return rules.length > 0 || policy.defaultActions.length > 0 || stateless !== undefined
}

function append(
  batch: PacketBatch,
  control: { readonly frame: Uint8Array; readonly link: number },
  place: { readonly host: number; readonly direction: 0 | 1; readonly flow: number },
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
  batch.role[n] = Role.control
}

import { PacketBatch } from '../model/batch.ts'
import { Role, Verdict } from '../model/codes.ts'
import type { Setup } from '../model/setup.ts'
import type { Session } from '../model/target.ts'
import type { TimelineChunk } from '../model/timeline.ts'
import { controlFrame } from '../observe/control-frames.ts'
import { deniedControlOf } from '../profile/denied.ts'
import { decodeBatch } from '../wire/decode.ts'

/**
 * Proves that a session can say yes and no: by every host and in both directions a datagram that is allowed must come out,
 * and what the setup denies (a TCP reset of a connection that nobody opened, or a datagram by a rule) must not. Answers the sentence of what is wrong; undefined: nothing.
 */
export async function calibrate(
  session: Session,
  setup: Setup,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { hosts } = setup.topology
  const denied = deniedControlOf(setup)
  const expected: { readonly what: 'allowed' | 'denied'; readonly road: string }[] = []
  const batch = new PacketBatch(hosts.length * 4, hosts.length * 512)
  for (let host = 0; host < hosts.length; host++)
    for (const direction of [0, 1] as const)
      for (const what of ['allowed', 'denied'] as const) {
        const flow = host * 4 + direction * 2 + (what === 'allowed' ? 0 : 1)
        append(batch, controlFrame('ipv4', direction, what === 'allowed' ? what : denied), {
          host,
          direction,
          flow,
        })
        expected.push({ what, road: `${hosts[host]} ${direction === 0 ? 'c2s' : 's2c'}` })
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
      if (out !== (what === 'allowed'))
        return what === 'allowed'
          ? `A datagram that is allowed did not come out by ${road}: the target is deaf or dead there.`
          : `${DENIED[denied]} came out by ${road}: the target lets everything through.`
    }
  await session.reset()
  return seen === expected.length
    ? undefined
    : `The target answered for ${seen} of ${expected.length} packets.`
}

const DENIED = {
  denied: 'A reset of no known connection',
  'denied-port': 'A datagram that a rule denies',
} as const

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

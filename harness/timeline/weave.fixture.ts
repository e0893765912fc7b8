import type { PacketBatch } from '../model/batch.ts'
import type { Injection } from '../model/case.ts'
import { Role, Verdict } from '../model/codes.ts'
import type { HostEvent } from '../model/timeline.ts'
import { compileReactive, compileRecorded, placeInjections } from './compile.ts'
import { Feedback } from './feedback.ts'
import { borrowingBatch, loadRecorded, roadBatch } from './recorded.ts'

/** One offered packet, in the form that tests check. */
export interface Offered {
  readonly number: number
  readonly time: number
  readonly flow: number
  readonly direction: number
  readonly flags: number
  readonly payload: number
  readonly seq: number
  readonly ack: number
  readonly phase: string
  readonly frame: Uint8Array
  readonly link: number
}

export interface Woven {
  readonly packets: readonly Offered[]
  /** Events with the number of packets offered before each. */
  readonly events: readonly { readonly before: number; readonly event: HostEvent }[]
  readonly phases: readonly string[]
  readonly impact: string | undefined
}

/** A recorded capture of the project, by name. */
export function captureFile(name: string): string {
  return new URL(`../../captures/${name}.pcap`, import.meta.url).pathname
}

export interface WeaveOptions {
  readonly flow?: number
  readonly endpoints?: 'recorded' | 'reactive'
  /** The verdict on a packet, given how many were offered before it; absent: forward. */
  readonly verdict?: (packet: Offered, index: number) => keyof typeof Verdict
}

/** Weaves injections into a capture and plays the timeline against given verdicts, without a target. */
export async function weave(
  name: string,
  injections: readonly Injection[],
  options: WeaveOptions = {},
): Promise<Woven> {
  const recorded = await loadRecorded(captureFile(name))
  const feedback = new Feedback()
  const compile = {
    placed: placeInjections(recorded, injections, options.flow),
    sharing: { kind: 'none' as const },
    hosts: ['fw-a', 'fw-b'],
    feedback,
    seed: 7,
    out: roadBatch(),
    run: borrowingBatch(),
  }
  const reactive =
    options.endpoints === 'reactive' ? compileReactive(recorded, options.flow ?? 0, compile) : undefined
  const timeline = reactive ?? compileRecorded(recorded, compile)
  const packets: Offered[] = []
  const events: { before: number; event: HostEvent }[] = []
  const by = new Uint8Array(0)
  for await (const chunk of timeline.chunks) {
    for (const { before, event } of chunk.events) events.push({ before: packets.length + before, event })
    const batch = chunk.packets
    for (let i = 0; i < batch.count; i++) {
      const offered = offeredOf(batch, i, timeline.phases)
      batch.verdict[i] = Verdict[options.verdict?.(offered, packets.length) ?? 'forward']
      packets.push(offered)
    }
    feedback.record({ packets: batch, by, knowledge: by })
  }
  return { packets, events, phases: timeline.phases, impact: reactive?.impact().kind }
}

function offeredOf(batch: PacketBatch, i: number, phases: readonly string[]): Offered {
  if (batch.role[i] !== Role.probe) throw new Error('a timeline offers probes only')
  const l4 = batch.l4[i] ?? -1
  const tcp = l4 >= 0 && (batch.kind[i] ?? 0) <= 2
  return {
    number: batch.number[i] ?? 0,
    time: batch.time[i] ?? 0,
    flow: batch.flow[i] ?? -1,
    direction: batch.direction[i] ?? 0,
    flags: batch.flags[i] ?? 0,
    payload: batch.payload[i] ?? 0,
    seq: tcp ? batch.view.getUint32(l4 + 4) : 0,
    ack: tcp ? batch.view.getUint32(l4 + 8) : 0,
    phase: phases[batch.phase[i] ?? 0] ?? '',
    frame: batch.copyFrame(i),
    link: batch.link[i] ?? 0,
  }
}

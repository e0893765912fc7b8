import { carriedFlags } from '../../flow/carried.ts'
import { PacketBatch } from '../../model/batch.ts'
import type { FlowInfo } from '../../model/capture.ts'
import type { SweptPacket } from '../../model/sweep.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { appendPacket } from '../../timeline/append.ts'
import type { Recorded } from '../../timeline/recorded.ts'

/** Flows that are named where one is to be chosen. */
const MOST_NAMED = 8

/** One flow of a capture, alone. */
export interface SweptFlow {
  readonly info: FlowInfo
  /** The capture with that flow's packets only, their numbers and times as they were. */
  readonly recorded: Recorded
  readonly packets: readonly SweptPacket[]
}

/** The flow of that number, or the only one. ERR_SWEEP_FLOW where there are several, none, or no such one. */
export function sweptFlow(whole: Recorded, chosen: number | undefined): SweptFlow {
  const { flows, path, batch } = whole
  if (flows.count === 0)
    throw new FlowbreakError('ERR_SWEEP_FLOW', `${path} has no flow to break: name another capture.`)
  if (chosen === undefined && flows.count > 1)
    throw new FlowbreakError(
      'ERR_SWEEP_FLOW',
      `${path} has ${flows.count} flows, but a sweep is of one flow: choose it with --flow, ${namesOf(whole)}.`,
    )
  const flow = chosen ?? 0
  if (flow >= flows.count)
    throw new FlowbreakError('ERR_SWEEP_FLOW', `${path} has no flow ${flow}: choose ${namesOf(whole)}.`)
  const own = new PacketBatch(countOf(batch, flow), 0)
  own.tunnels = batch.tunnels
  const packets: SweptPacket[] = []
  const first = batch.time[0] ?? 0
  for (let i = 0; i < batch.count; i++) {
    if (batch.flow[i] !== flow) continue
    append(own, batch, i)
    packets.push({
      number: batch.number[i] ?? 0,
      time: (batch.time[i] ?? 0) - first,
      direction: batch.direction[i] ?? 0,
      kind: batch.kind[i] ?? 0,
      flags: carriedFlags(batch, i),
      payload: batch.payload[i] ?? 0,
    })
  }
  own.isLasting = true
  const recorded: Recorded = { ...whole, batch: own, places: new Map(), placed: new WeakMap() }
  return { info: flows.info(flow), recorded, packets }
}

function countOf(batch: PacketBatch, flow: number): number {
  let count = 0
  for (let i = 0; i < batch.count; i++) if (batch.flow[i] === flow) count++
  return count
}

function append(to: PacketBatch, from: PacketBatch, index: number): void {
  appendPacket(to, from, index)
  for (const rebuilt of from.rebuilt)
    if (rebuilt.index === index) to.rebuilt.push({ ...rebuilt, index: to.count - 1 })
}

/** `0 (tcp 192.0.2.10:40000 to 198.51.100.20:7) or 1 (…)`. */
function namesOf({ flows }: Recorded): string {
  const named = Array.from({ length: Math.min(flows.count, MOST_NAMED) }, (_, id) => {
    const { protocol, client, server } = flows.info(id)
    return `${id} (${protocol} ${client} to ${server})`
  })
  const more = flows.count > MOST_NAMED ? `, … or up to ${flows.count - 1}` : ''
  return more === '' ? named.join(' or ') : `${named.join(', ')}${more}`
}

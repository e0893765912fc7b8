import type { FlowTable } from '../flow/table.ts'
import { PacketBatch } from '../model/batch.ts'
import type { PacketSource } from '../model/capture.ts'
import { Role } from '../model/codes.ts'
import { tunnelsOf } from '../model/reading.ts'
import type { DirectSession, ObservationBatch } from '../model/target.ts'
import { Breath } from '../support/breath.ts'
import { decodeBatch } from '../wire/decode.ts'

/** Packets in a batch, and the bytes for their frames; small, because touching memory for the first time is expensive. */
const BATCH_PACKETS = 4096
const BATCH_BYTES = 256 << 10
/** Packets that go through all stages together: few enough for their columns to stay in the cache of one core. */
const PIECE = 512
/** The host that gets all packets. */
const FIRST = 0

/**
 * Plays a capture unchanged, with all packets to the first host: no injections are woven in and no hosts are chosen, so the stages
 * follow each other without a timeline between them. The columns have the same values as with a timeline; phase, role
 * and host are the same for all packets.
 */
export async function playDirectly(
  source: PacketSource,
  flows: FlowTable,
  session: DirectSession,
  signal: AbortSignal,
  observe: (observed: ObservationBatch) => void,
): Promise<void> {
  const batch = new PacketBatch(BATCH_PACKETS, BATCH_BYTES)
  batch.tunnels = tunnelsOf(flows.reading)
  batch.role.fill(Role.probe)
  batch.host.fill(FIRST)
  const breath = new Breath()
  let steps = 0
  for (;;) {
    const more = source.read(batch)
    if (!(typeof more === 'boolean' ? more : await more)) return
    signal.throwIfAborted()
    steps = numberSteps(batch, steps)
    for (let from = 0; from < batch.count; from += PIECE) {
      const to = Math.min(from + PIECE, batch.count)
      decodeBatch(batch, from, to)
      flows.assign(batch, from, to)
      session.decide(batch, from, to)
    }
    observe(session.observed(batch))
    if (breath.isDue) await breath.take()
  }
}

/**
 * Numbers the packets of a batch as steps from `first` on; returns the next number. A function of its own, so that the loop which calls
 * all stages does not become hot: V8 would inline everything into that loop and compile it again, twice.
 */
function numberSteps({ step, count }: PacketBatch, first: number): number {
  for (let i = 0; i < count; i++) step[i] = first + i
  return first + count
}

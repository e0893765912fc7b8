import type { PacketBatch } from '../../model/batch.ts'
import { Reason, Role, Verdict } from '../../model/codes.ts'

type Name =
  | 'ReceivedPackets'
  | 'PassedPackets'
  | 'DroppedPackets'
  | 'RejectedPackets'
  | 'InvalidDroppedPackets'
  | 'OtherDroppedPackets'
  | 'StreamExceptionPolicyPackets'

/**
 * The counters of a host under AWS's names, from its log: Suricata's own count controls too, and are held against the log in sum.
 * Under policy `continue` nothing tells of the packets that the exception policy let go on, so they are not counted then.
 */
export class HostCounters {
  readonly #counts: Record<Name, number> = {
    ReceivedPackets: 0,
    PassedPackets: 0,
    DroppedPackets: 0,
    RejectedPackets: 0,
    InvalidDroppedPackets: 0,
    OtherDroppedPackets: 0,
    StreamExceptionPolicyPackets: 0,
  }

  /** One more packet, with its verdict and reason. */
  count(packets: PacketBatch, index: number): void {
    if (packets.role[index] === Role.control) return
    const reason = packets.reason[index] ?? 0
    this.#counts.ReceivedPackets++
    this.#counts[columnOf(packets.verdict[index] ?? 0, reason)]++
    if (reason === Reason['stream midstream']) this.#counts.StreamExceptionPolicyPackets++
  }

  /** `continues`: the policy is `continue`. */
  read(continues: boolean): Readonly<Record<string, number>> {
    const { StreamExceptionPolicyPackets, ...others } = this.#counts
    return continues ? others : { ...others, StreamExceptionPolicyPackets }
  }
}

function columnOf(verdict: number, reason: number): Name {
  if (verdict === Verdict.forward) return 'PassedPackets'
  if (verdict === Verdict.reject) return 'RejectedPackets'
  if (reason === Reason['decode error'] || reason === Reason['defrag error']) return 'InvalidDroppedPackets'
  return reason === Reason['flow table full'] ? 'OtherDroppedPackets' : 'DroppedPackets'
}

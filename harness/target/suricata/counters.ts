import type { PacketBatch } from '../../model/batch.ts'
import { Host, Reason, Role, Verdict } from '../../model/codes.ts'
import type { CounterTally } from '../../model/target.ts'

type Name =
  | 'ReceivedPackets'
  | 'PassedPackets'
  | 'DroppedPackets'
  | 'RejectedPackets'
  | 'InvalidDroppedPackets'
  | 'OtherDroppedPackets'
  | 'StreamExceptionPolicyPackets'

/**
 * The counters of hosts under AWS's names, from its log: Suricata's own counters include controls, and are compared with the log in sum.
 * Under policy `continue` the log does not show the packets that the exception policy let go on, so they are not counted then.
 */
export class HostCounters implements CounterTally {
  readonly #hosts: readonly Record<Name, number>[]
  readonly #continues: boolean

  /** `continues`: the policy is `continue`. */
  constructor(hosts: number, continues: boolean) {
    this.#hosts = Array.from({ length: hosts }, () => ({ ...ZERO }))
    this.#continues = continues
  }

  count(packets: PacketBatch, index: number): void {
    const counts = this.#hosts[packets.host[index] ?? Host.unknown]
    const verdict = packets.verdict[index] ?? Verdict.undecided
    if (counts === undefined || verdict === Verdict.undecided || packets.role[index] === Role.control) return
    const reason = packets.reason[index] ?? 0
    counts.ReceivedPackets++
    counts[columnOf(verdict, reason)]++
    if (reason === Reason['stream midstream']) counts.StreamExceptionPolicyPackets++
  }

  read(): readonly Readonly<Record<string, number>>[] {
    return this.#hosts.map(({ StreamExceptionPolicyPackets, ...others }) =>
      this.#continues ? others : { ...others, StreamExceptionPolicyPackets },
    )
  }
}

const ZERO: Readonly<Record<Name, number>> = {
  ReceivedPackets: 0,
  PassedPackets: 0,
  DroppedPackets: 0,
  RejectedPackets: 0,
  InvalidDroppedPackets: 0,
  OtherDroppedPackets: 0,
  StreamExceptionPolicyPackets: 0,
}

function columnOf(verdict: number, reason: number): Name {
  if (verdict === Verdict.forward) return 'PassedPackets'
  if (verdict === Verdict.reject) return 'RejectedPackets'
  if (reason === Reason['decode error'] || reason === Reason['defrag error']) return 'InvalidDroppedPackets'
  return reason === Reason['flow table full'] ? 'OtherDroppedPackets' : 'DroppedPackets'
}

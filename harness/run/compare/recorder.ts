import type { Emitted, PacketBatch } from '../../model/batch.ts'
import { Direction, Host, Verdict } from '../../model/codes.ts'
import type { EndName, PlayedColumn, Told } from '../../model/comparison.ts'
import { isForwardedAfterAll, type ObservationBatch } from '../../model/target.ts'
import { hostName } from '../../report/packet-words.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { grown, Steps } from './steps.ts'

/** Most packets in a comparison: as many of the shortest frames as fit in 256 MiB. */
const MOST_PACKETS = 1 << 22

/** A packet that was emitted without a causing packet, just before step `before`. */
export interface SentAlone extends Told {
  readonly before: number
  readonly at: number
  readonly flow: number
}

/**
 * Records what one replay offered and what was observed. As long as it offers the same packets as the first replay, only its
 * verdicts are stored.
 */
export class ColumnRecorder {
  readonly #base: Steps | undefined
  readonly #hosts: readonly string[]
  readonly #capture: string
  readonly #most: number
  /** The number of steps that it shares with the base. */
  #shared = 0
  /** The steps after them. */
  readonly own = new Steps()
  #verdict = new Uint8Array(256)
  #by = new Uint8Array(256)
  #reason = new Uint8Array(256)
  /** By step: the packets emitted about it. */
  readonly told = new Map<number, readonly Told[]>()
  readonly alone: SentAlone[] = []
  phases: readonly string[] = ['before']

  /** `capture`: its name in messages. `first`: the first replay, to share steps with. `most`: the most packets that are kept. */
  constructor(capture: string, hosts: readonly string[], first?: ColumnRecorder, most = MOST_PACKETS) {
    this.#most = most
    this.#capture = capture
    this.#hosts = hosts
    this.#base = first?.own
  }

  get count(): number {
    return this.#shared + this.own.count
  }

  /** Records a batch of observations. ERR_CAPTURE_TOO_LARGE beyond the limit. */
  observe({ packets, by, sightings = [] }: ObservationBatch, phases: readonly string[]): void {
    // The batch is emptied before the next one; the list of phases grows with the replay.
    this.phases = phases
    const base = this.count
    if (base + packets.count > this.#most)
      throw new FlowbreakError(
        'ERR_CAPTURE_TOO_LARGE',
        `${this.#capture} has more than ${this.#most} packets, too many to compare: reduce it to the flows that matter with capture slice.`,
      )
    this.#makeRoom(base + packets.count)
    for (let i = 0; i < packets.count; i++) {
      if (this.own.count === 0 && this.#base?.is(this.#shared, packets, i) === true) this.#shared++
      else this.own.push(packets, i)
      this.#verdict[base + i] = packets.verdict[i] ?? Verdict.undecided
      this.#by[base + i] = by[i] ?? Host.unknown
      this.#reason[base + i] = packets.reason[i] ?? 0
    }
    if (packets.emitted.length > 0) this.#takeEmitted(packets, base)
    for (const sighting of sightings) if (isForwardedAfterAll(sighting)) this.#amend(sighting.step)
  }

  /** The steps that hold entry `n`, and its index in them. */
  stepOf(n: number): { readonly steps: Steps; readonly at: number } {
    return n < this.#shared && this.#base !== undefined
      ? { steps: this.#base, at: n }
      : { steps: this.own, at: n - this.#shared }
  }

  verdict(n: number): number {
    return this.#verdict[n] ?? Verdict.undecided
  }

  by(n: number): string {
    return hostName(this.#hosts, this.#by[n] ?? Host.unknown)
  }

  reason(n: number): number {
    return this.#reason[n] ?? 0
  }

  /** Totals so far. */
  summary(): Pick<PlayedColumn, 'packets' | 'totals' | 'decidedBy' | 'resets' | 'icmp'> {
    const verdicts = new Array<number>(5).fill(0)
    const deciders = new Array<number>(256).fill(0)
    for (let n = 0; n < this.count; n++) {
      const [verdict, by] = [this.verdict(n), this.#by[n] ?? Host.unknown]
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
      deciders[by] = (deciders[by] ?? 0) + 1
    }
    const resets = { client: 0, server: 0 }
    const icmp = { client: 0, server: 0 }
    for (const told of [...this.told.values(), this.alone])
      for (const { kind, to } of told) (kind === 'icmp' ? icmp : resets)[to]++
    return {
      packets: this.count,
      totals: {
        forward: verdicts[Verdict.forward] ?? 0,
        drop: verdicts[Verdict.drop] ?? 0,
        reject: verdicts[Verdict.reject] ?? 0,
        answered: verdicts[Verdict.answered] ?? 0,
        undecided: verdicts[Verdict.undecided] ?? 0,
      },
      decidedBy: Object.fromEntries(
        deciders.flatMap((packets, code) => (packets === 0 ? [] : [[hostName(this.#hosts, code), packets]])),
      ),
      resets,
      icmp,
    }
  }

  #amend(step: number): void {
    for (let n = this.count - 1; n >= 0; n--) {
      const { steps, at } = this.stepOf(n)
      if (steps.step[at] !== step) continue
      this.#verdict[n] = Verdict.forward
      this.#reason[n] = 0
      return
    }
  }

  #makeRoom(count: number): void {
    if (count <= this.#verdict.length) return
    const room = Math.max(count, this.#verdict.length * 2)
    this.#verdict = grown(this.#verdict, new Uint8Array(room))
    this.#by = grown(this.#by, new Uint8Array(room))
    this.#reason = grown(this.#reason, new Uint8Array(room))
  }

  /** Records what was emitted in a batch: about its packets, or without a cause, which comes before the first packet that is later. */
  #takeEmitted(packets: PacketBatch, base: number): void {
    let before = 0
    for (const emitted of packets.emitted) {
      const { cause, kind, at, by, flow = -1 } = emitted
      const told = { kind, to: endOf(emitted, packets), by: hostName(this.#hosts, by) }
      if (cause >= 0) this.told.set(base + cause, [...(this.told.get(base + cause) ?? []), told])
      else {
        while (before < packets.count && (packets.time[before] ?? 0) < at) before++
        this.alone.push({ ...told, before: base + before, at, flow })
      }
    }
  }
}

/** The end of a flow that an emitted packet went to. */
export function endOf({ cause, to }: Emitted, packets: PacketBatch): EndName {
  if (to === 'client' || to === 'server') return to
  const sender = packets.direction[cause] === Direction.c2s ? 'client' : 'server'
  if (to === 'sender') return sender
  return sender === 'client' ? 'server' : 'client'
}

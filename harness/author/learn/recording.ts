import type { Emitted, Nanos } from '../../model/batch.ts'
import { Verdict } from '../../model/codes.ts'
import type { ObservationBatch, WireFrame } from '../../model/target.ts'

/** A frame of a probe: sent by the harness, seen to come out, or sent by the target itself. */
export interface Recorded {
  /** Of the timeline. */
  readonly at: Nanos
  /** The end of the connection at whose side it was, `client` or `server`. */
  readonly side: string
  readonly frame: Uint8Array
  /** A `Link` code. */
  readonly link: number
  readonly comment: string
}

/** Frames of a probe that are kept: the first ones, and the last. */
const MOST_FRAMES = 512
const SIDES = ['client', 'server'] as const
const VERDICTS: Readonly<Record<number, string>> = {
  [Verdict.forward]: 'forwarded',
  [Verdict.drop]: 'dropped',
  [Verdict.reject]: 'rejected',
  [Verdict.answered]: 'answered',
}

/** Keeps the frames of one timeline by probe, with what became of each. */
export class Recording {
  readonly #frames = new Map<number, Recorded[]>()
  /** By probe: packets so far. */
  readonly #count = new Map<number, number>()
  /** By step, of a target with wires: when its packet was sent, and what came out of it. */
  readonly #sentAt = new Map<number, Nanos>()
  readonly #seen: WireFrame[] = []

  /** Of a target with wires: each frame as it is sent or seen. */
  note(frame: WireFrame): void {
    if (frame.what !== 'packet' || frame.step < 0) return
    if (frame.way === 'sent') this.#sentAt.set(frame.step, frame.at)
    else this.#seen.push(frame)
  }

  /** What was observed of a chunk. `owner`: the probe of a step, `ownerOfFlow` that of a flow; -1: none. */
  take(
    { packets, emissions }: ObservationBatch,
    owner: (step: number) => number,
    ownerOfFlow: (flow: number) => number,
  ): void {
    for (let i = 0; i < packets.count; i++) {
      const step = packets.step[i] ?? -1
      const probe = owner(step)
      const number = (this.#count.get(probe) ?? 0) + 1
      this.#count.set(probe, number)
      const verdict = VERDICTS[packets.verdict[i] ?? 0] ?? 'not known'
      const host = (packets.host[i] ?? 0) > 0 ? `, to host ${(packets.host[i] ?? 0) + 1}` : ''
      this.#add(probe, {
        at: this.#sentAt.get(step) ?? packets.time[i] ?? 0,
        side: SIDES[packets.direction[i] === 1 ? 1 : 0],
        frame: packets.copyFrame(i),
        link: packets.link[i] ?? 0,
        comment: `packet ${number}${host}: ${verdict}`,
      })
    }
    if (emissions !== 'unseen')
      for (const emitted of packets.emitted) {
        const { cause, flow = -1, at, frame, link } = emitted
        const probe = cause < 0 ? ownerOfFlow(flow) : owner(packets.step[cause] ?? -1)
        const side = sideOf(emitted, packets.direction[cause])
        const what = emitted.kind === 'icmp' ? 'an ICMP error' : 'a reset'
        this.#add(probe, { at, side, frame, link, comment: `the target's own: ${what} to the ${side}` })
      }
    for (const { at, arm, frame, link, step } of this.#seen.splice(0))
      this.#add(owner(step), {
        at,
        side: SIDES[arm & 1] ?? 'client',
        frame,
        link,
        comment: 'came out of the target',
      })
  }

  /** The frames of a probe in the order of their times. */
  of(probe: number): readonly Recorded[] {
    return [...(this.#frames.get(probe) ?? [])].sort((one, other) => one.at - other.at)
  }

  #add(probe: number, recorded: Recorded): void {
    const frames = this.#frames.get(probe) ?? []
    this.#frames.set(probe, frames)
    frames.push(recorded)
    if (frames.length > MOST_FRAMES) frames.splice(MOST_FRAMES >> 1, 1)
  }
}

function sideOf({ to }: Emitted, direction = 0): string {
  if (to === 'client' || to === 'server') return to
  return SIDES[(to === 'sender') === (direction === 0) ? 0 : 1]
}

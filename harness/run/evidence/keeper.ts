import { Host, Role } from '../../model/codes.ts'
import type { ObservationBatch, Session, WireFrame } from '../../model/target.ts'
import { directionOf } from '../fold/emitted.ts'
import { FrameStore } from './frame-store.ts'

/**
 * Keeps the frames of one replay: of a session with wires what was on them, of another what it was offered and emitted. What the load
 * balancer took for itself stands at arms of its own, after those of the hosts.
 */
export class FrameKeeper implements Disposable {
  /** What the tap told, and what it did not. */
  readonly #tapped: WireFrame[] = []
  readonly #store: FrameStore
  readonly #session: Session
  readonly #hosts: number

  /** `hosts`: how many there are. `store`: an empty one, for what no tap tells. */
  constructor(session: Session, hosts: number, store = new FrameStore()) {
    this.#session = session
    this.#store = store
    this.#hosts = hosts
  }

  get frames(): readonly WireFrame[] {
    return [...this.#tapped, ...this.#store.frames]
  }

  /** Takes what is on the wires until it is disposed of. */
  listen(): this {
    this.#session.tap?.((frame) => this.#tapped.push(frame))
    return this
  }

  /** Takes what no tap tells of packets `from` … `to`-1 of a batch, whose emissions are all about these or about none. */
  record({ packets }: ObservationBatch, from = 0, to = packets.count): void {
    const tapped = this.#session.tap !== undefined
    for (let i = from; i < to; i++) {
      const host = packets.host[i] ?? Host.unknown
      if (tapped && host < Host.unknown) continue
      const what = packets.role[i] === Role.control ? 'control' : 'packet'
      const arm = this.#armOf(host, packets.direction[i] ?? 0)
      const at = packets.time[i] ?? 0
      const link = packets.link[i] ?? 0
      const step = packets.step[i] ?? -1
      const start = packets.start[i] ?? 0
      this.#store.add(
        what,
        'sent',
        arm,
        at,
        link,
        step,
        undefined,
        packets.bytes,
        start,
        packets.captured[i] ?? 0,
      )
    }
    for (const emitted of packets.emitted) {
      const { cause, by, at, frame, link, flow } = emitted
      if (tapped && by < Host.unknown) continue
      // It leaves by the arm at which what goes the other way comes in.
      const direction = directionOf(emitted, packets.direction[cause] ?? 0)
      const arm = this.#armOf(by, direction ^ 1)
      const step = cause < 0 ? -1 : (packets.step[cause] ?? -1)
      this.#store.add('emitted', 'seen', arm, at, link, step, flow, frame, 0, frame.length)
    }
  }

  [Symbol.dispose](): void {
    this.#session.tap?.(undefined)
  }

  #armOf(host: number, direction: number): number {
    return (host < Host.unknown ? host : this.#hosts) * 2 + direction
  }
}

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
  readonly #store = new FrameStore()
  readonly #session: Session
  readonly #hosts: number

  /** `hosts`: how many there are. */
  constructor(session: Session, hosts: number) {
    this.#session = session
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
      const sent = {
        what: packets.role[i] === Role.control ? 'control' : 'packet',
        way: 'sent',
        arm: this.#armOf(host, packets.direction[i] ?? 0),
        at: packets.time[i] ?? 0,
        link: packets.link[i] ?? 0,
        step: packets.step[i] ?? -1,
      } as const
      this.#store.add(sent, packets.bytes, packets.start[i] ?? 0, packets.captured[i] ?? 0)
    }
    for (const emitted of packets.emitted) {
      const { cause, by, at, frame, link, flow } = emitted
      if (tapped && by < Host.unknown) continue
      // It leaves by the arm at which what goes the other way comes in.
      const direction = directionOf(emitted, packets.direction[cause] ?? 0)
      const seen = {
        what: 'emitted',
        way: 'seen',
        arm: this.#armOf(by, direction ^ 1),
        at,
        link,
        step: cause < 0 ? -1 : (packets.step[cause] ?? -1),
        ...(flow === undefined ? {} : { flow }),
      } as const
      this.#store.add(seen, frame, 0, frame.length)
    }
  }

  [Symbol.dispose](): void {
    this.#session.tap?.(undefined)
  }

  #armOf(host: number, direction: number): number {
    return (host < Host.unknown ? host : this.#hosts) * 2 + direction
  }
}

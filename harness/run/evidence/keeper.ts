import { Host } from '../../model/codes.ts'
import type { ObservationBatch, Session, WireFrame } from '../../model/target.ts'
import { directionOf } from '../fold/emitted.ts'
import { COPIED, FrameStore } from './frame-store.ts'

/**
 * Keeps the frames of one replay: in a session with wires, those on the wires; in any other, those offered and emitted. Packets that the
 * load balancer absorbed are shown at arms of its own, numbered after those of the hosts.
 */
export class FrameKeeper implements Disposable {
  /** Frames from the tap; all others are in the store. */
  readonly #tapped: WireFrame[] = []
  readonly #store: FrameStore
  readonly #session: Session
  readonly #hosts: number

  /** `hosts`: their number. `store`: an empty one, for frames that no tap delivers. */
  constructor(session: Session, hosts: number, store = new FrameStore()) {
    this.#session = session
    this.#store = store
    this.#hosts = hosts
  }

  get frames(): readonly WireFrame[] {
    return [...this.#tapped, ...this.#store.frames]
  }

  /** Takes frames from the wires until it is disposed of. */
  listen(): this {
    this.#session.tap?.((frame) => this.#tapped.push(frame))
    return this
  }

  /** Takes frames that no tap delivers, of packets `from` … `to`-1 of a batch; its emissions are about these packets or have no cause. */
  record({ packets }: ObservationBatch, from = 0, to = packets.count): void {
    const tapped = this.#session.tap !== undefined
    const store = this.#store
    const place = packets.isLasting ? store.placeOf(packets.bytes) : COPIED
    for (let i = from; i < to; i++) {
      const host = packets.host[i] ?? Host.unknown
      if (tapped && host < Host.unknown) continue
      const start = packets.start[i] ?? 0
      const offset = packets.isLasting
        ? start
        : store.copy(packets.bytes, start, start + (packets.captured[i] ?? 0))
      store.addPacket(packets, i, this.#armOf(host, packets.direction[i] ?? 0), place, offset)
    }
    for (const emitted of packets.emitted) {
      const { cause, by } = emitted
      if (tapped && by < Host.unknown) continue
      // It leaves by the arm that packets of the opposite direction come in by.
      const direction = directionOf(emitted, packets.direction[cause] ?? 0)
      const arm = this.#armOf(by, direction ^ 1)
      const step = cause < 0 ? -1 : (packets.step[cause] ?? -1)
      store.addEmitted(emitted, arm, step)
    }
  }

  [Symbol.dispose](): void {
    this.#session.tap?.(undefined)
  }

  #armOf(host: number, direction: number): number {
    return (host < Host.unknown ? host : this.#hosts) * 2 + direction
  }
}

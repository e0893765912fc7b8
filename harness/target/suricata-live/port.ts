import { controlFrame } from '../../observe/control-frames.ts'
import { Digest } from '../../observe/live/digest.ts'
import { FrameColumns } from '../../observe/live/frames.ts'
import type { Port, PortStats } from '../../observe/live/port.ts'
import { addressLength, destinationAt, isIpv6, sourceAt } from '../../wire/ip.ts'
import { Protocol } from '../../wire/numbers.ts'

/** Behind the link header of control frames. */
const LINK = 14

/**
 * A port to hosts that send what is their own by a third link. It leaves, as by any router, by the side where its destination lives:
 * that from which it was last heard of.
 */
export class ThirdLinkPort implements Port {
  readonly largest: number
  readonly #port: Port
  readonly #hosts: number
  readonly #digest = new Digest()
  readonly #heard = new FrameColumns()
  /** By host and address: the arm by which packets come from there. */
  readonly #homes = new Map<number, number>()
  readonly #controls: ReadonlySet<number>
  /** Hosts to which something other than controls was sent. */
  readonly #used = new Set<number>()
  #fail: (error: Error) => void = () => undefined
  #failed: Error | undefined

  /** `port`: with arms host * 2 + side as ever, and behind them one for the third link of each host. */
  constructor(port: Port, hosts: number) {
    this.#port = port
    this.#hosts = hosts
    this.largest = port.largest
    this.#controls = new Set(
      (['ipv4', 'ipv6'] as const).flatMap((family) =>
        ([0, 1] as const).map((direction) => {
          const frame = controlFrame(family, direction, 'allowed').frame.slice(LINK)
          return this.#end(0, frame, sourceAt(frame, 0), -1)
        }),
      ),
    )
  }

  async send(frames: FrameColumns, from: number, to: number): Promise<void> {
    if (this.#failed !== undefined) throw this.#failed
    for (let n = from; n < to; n++) this.#note(frames, n)
    await this.#port.send(frames, from, to)
  }

  listen(heard: (frames: FrameColumns) => void, failed: (error: Error) => void): void {
    this.#fail = failed
    this.#port.listen((frames) => heard(this.#sided(frames)), failed)
    if (this.#failed !== undefined) failed(this.#failed)
  }

  /** A host has died: nothing that is sent means anything any more. */
  fail(error: Error): void {
    this.#failed ??= error
    this.#fail(this.#failed)
  }

  /** Whether anything but controls was sent to a host since this was last asked. */
  used(host: number): boolean {
    return this.#used.delete(host)
  }

  stats(): Promise<PortStats> {
    return this.#port.stats()
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#port[Symbol.asyncDispose]()
  }

  #note(frames: FrameColumns, n: number): void {
    const { bytes } = frames
    const at = frames.start[n] ?? 0
    const arm = frames.arm[n] ?? 0
    const source = sourceAt(bytes, at)
    this.#homes.set(this.#end(at, bytes, source, arm >> 1), arm)
    const protocol = bytes[isIpv6(bytes, at) ? at + 6 : at + 9]
    const isControl = protocol === Protocol.udp && this.#controls.has(this.#end(at, bytes, source, -1))
    if (!isControl) this.#used.add(arm >> 1)
  }

  /** The same frames at the arms by which they leave; those for nobody, such as the kernel's own to its neighbours, are left out. */
  #sided(frames: FrameColumns): FrameColumns {
    const first = this.#hosts * 2
    let own = false
    for (let n = 0; n < frames.count; n++) if ((frames.arm[n] ?? 0) >= first) own = true
    if (!own) return frames
    const heard = this.#heard
    heard.clear()
    for (let n = 0; n < frames.count; n++) {
      const from = frames.start[n] ?? 0
      const at = frames.arm[n] ?? 0
      const arm = at < first ? at : this.#homeOf(frames.bytes, from, at - first)
      if (arm === undefined) continue
      heard.append(arm, frames.time[n] ?? 0, frames.bytes, from, from + (frames.length[n] ?? 0))
    }
    return heard
  }

  #homeOf(bytes: Uint8Array, at: number, host: number): number | undefined {
    const home = this.#homes.get(this.#end(at, bytes, destinationAt(bytes, at), host))
    if (home !== undefined) return home
    // Where only its sender has been heard of, it lives on the other side.
    const other = this.#homes.get(this.#end(at, bytes, sourceAt(bytes, at), host))
    return other === undefined ? undefined : other ^ 1
  }

  #end(frame: number, bytes: Uint8Array, at: number, host: number): number {
    return this.#digest
      .begin(host)
      .bytes(bytes, at, at + addressLength(bytes, frame))
      .value()
  }
}

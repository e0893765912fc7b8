import { controlFrame } from '../../observe/control-frames.ts'
import type { FrameColumns } from '../../observe/live/frames.ts'
import type { Port, PortStats } from '../../observe/live/port.ts'
import { addressLength, isIpv6, sourceAt } from '../../wire/ip.ts'
import { Protocol } from '../../wire/numbers.ts'
import { heardAt } from './arms.ts'

/** Length of the link header of control frames. */
const LINK = 14

/** Source addresses of controls. */
const CONTROLS = (['ipv4', 'ipv6'] as const).flatMap((family) =>
  ([0, 1] as const).map((direction) =>
    sourceOf(controlFrame(family, direction, 'allowed').frame.slice(LINK)),
  ),
)

/** A port to hosts that receive everything by one interface, and that can die. */
export class SuricataPort implements Port {
  readonly largest: number
  readonly #port: Port
  readonly #hosts: number
  /** Hosts to which something other than controls was sent. */
  readonly #used = new Set<number>()
  #fail: (error: Error) => void = () => undefined
  #failed: Error | undefined

  /** `port`: one with the arms of `suricataArms`. */
  constructor(port: Port, hosts: number) {
    this.#port = port
    this.#hosts = hosts
    this.largest = port.largest
  }

  async send(frames: FrameColumns, from: number, to: number): Promise<void> {
    if (this.#failed !== undefined) throw this.#failed
    for (let n = from; n < to; n++) {
      const host = (frames.arm[n] ?? 0) >> 1
      if (!this.#used.has(host) && !isControl(frames.frame(n))) this.#used.add(host)
    }
    await this.#port.send(frames, from, to)
  }

  listen(heard: (frames: FrameColumns) => void, failed: (error: Error) => void): void {
    this.#fail = failed
    this.#port.listen((frames) => {
      for (let n = 0; n < frames.count; n++) frames.arm[n] = heardAt(frames.arm[n] ?? 0, this.#hosts)
      heard(frames)
    }, failed)
    if (this.#failed !== undefined) failed(this.#failed)
  }

  /** A host has died: sending makes no sense any more. */
  fail(error: Error): void {
    this.#failed ??= error
    this.#fail(this.#failed)
  }

  /** Whether anything except controls was sent to a host since the last call. */
  used(host: number): boolean {
    return this.#used.delete(host)
  }

  stats(): Promise<PortStats> {
    return this.#port.stats()
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#port[Symbol.asyncDispose]()
  }
}

function isControl(frame: Uint8Array): boolean {
  if (frame[isIpv6(frame, 0) ? 6 : 9] !== Protocol.udp) return false
  const source = sourceOf(frame)
  return CONTROLS.some((control) => Buffer.compare(control, source) === 0)
}

function sourceOf(frame: Uint8Array): Uint8Array {
  const at = sourceAt(frame, 0)
  return frame.subarray(at, at + addressLength(frame, 0))
}

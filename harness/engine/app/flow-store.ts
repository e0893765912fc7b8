import { TcpFlow } from './tcp-flow.ts'
import type { UdpFlow } from './udp-flow.ts'

/** The most flows of a host with application state, and the most bytes that they may hold together. */
const MAX_FLOWS = 65_536
const MAX_BYTES = 64 << 20

/** The flows of one host, by id. When there are too many, or they hold too much, the oldest state is dropped. */
export class FlowStore {
  readonly #flows = new Map<number, TcpFlow | UdpFlow>()
  /** Iterates over the ids in the order in which they were first kept; one iterator for all calls. */
  #oldest = this.#flows.keys()
  #bytes = 0

  find(id: number): TcpFlow | UdpFlow | undefined {
    return this.#flows.get(id)
  }

  /** Keeps a flow, replacing the one with that id, and updates the byte count. */
  keep(id: number, flow: TcpFlow | UdpFlow): void {
    const { size } = flow
    const known = this.#flows.get(id)
    if (known === flow) {
      if (size === flow.counted) return
    } else {
      if (known !== undefined) this.#forget(id, known)
      this.#flows.set(id, flow)
    }
    this.#bytes += size - flow.counted
    flow.counted = size
    while (this.#flows.size > MAX_FLOWS || (this.#bytes > MAX_BYTES && this.#flows.size > 1))
      this.#forgetOldest()
  }

  /** Drops a flow that can yield nothing more, if it is kept. */
  drop(id: number): void {
    const flow = this.#flows.get(id)
    if (flow !== undefined) this.#forget(id, flow)
  }

  clear(): void {
    this.#flows.clear()
    this.#oldest = this.#flows.keys()
    this.#bytes = 0
  }

  #forgetOldest(): void {
    let next = this.#oldest.next()
    if (next.done === true) {
      this.#oldest = this.#flows.keys()
      next = this.#oldest.next()
    }
    const flow = next.done === true ? undefined : this.#flows.get(next.value)
    if (next.done !== true && flow !== undefined) this.#forget(next.value, flow)
  }

  #forget(id: number, flow: TcpFlow | UdpFlow): void {
    this.#bytes -= flow.counted
    this.#flows.delete(id)
    if (flow instanceof TcpFlow) flow.release()
  }
}

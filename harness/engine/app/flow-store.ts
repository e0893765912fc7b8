import type { TcpFlow } from './tcp-flow.ts'
import type { UdpFlow } from './udp-flow.ts'

/** Flows of a host whose application layer is followed, and the bytes that they may hold together. */
const MAX_FLOWS = 65_536
const MAX_BYTES = 64 << 20

/** The flows of one host by id. When there are too many, or they hold too much, the one that has been followed longest is forgotten. */
export class FlowStore {
  readonly #flows = new Map<number, TcpFlow | UdpFlow>()
  #bytes = 0

  find(id: number): TcpFlow | UdpFlow | undefined {
    return this.#flows.get(id)
  }

  /** Keeps a flow, in place of what had that id, and counts what it holds now. */
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
    while (this.#flows.size > MAX_FLOWS || (this.#bytes > MAX_BYTES && this.#flows.size > 1)) {
      for (const [oldest, held] of this.#flows) {
        this.#forget(oldest, held)
        break
      }
    }
  }

  clear(): void {
    this.#flows.clear()
    this.#bytes = 0
  }

  #forget(id: number, flow: TcpFlow | UdpFlow): void {
    this.#bytes -= flow.counted
    this.#flows.delete(id)
  }
}

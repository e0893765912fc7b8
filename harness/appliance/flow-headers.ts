/** How the last packet of a flow came. */
interface FlowHeader {
  /** Its GENEVE header. */
  readonly header: Uint8Array
  readonly address: string
  readonly port: number
}

/** Most flows that are remembered; beyond that the one without packets for longest is forgotten. */
const MOST = 1 << 17

/** The GENEVE header of each flow, for packets about a flow that no packet caused: when a session expires. */
export class FlowHeaders {
  readonly #flows = new Map<number, FlowHeader>()

  /** Notes how a packet came: the UDP payload around it, and its sender. */
  note(flow: number, payload: Uint8Array, address: string, port: number): void {
    const known = this.#flows.delete(flow)
    if (!known && this.#flows.size === MOST) this.#flows.delete(this.#flows.keys().next().value ?? -1)
    this.#flows.set(flow, { header: headerOf(payload).slice(), address, port })
  }

  of(flow: number): FlowHeader | undefined {
    return this.#flows.get(flow)
  }

  clear(): void {
    this.#flows.clear()
  }
}

/** The GENEVE header, options included, at the beginning of a payload. */
export function headerOf(payload: Uint8Array): Uint8Array {
  return payload.subarray(0, 8 + (((payload[0] ?? 0) & 0x3f) << 2))
}

/** How the last packet of a flow came. */
interface FlowHeader {
  /** Its GENEVE header. */
  readonly header: Uint8Array
  readonly address: string
  readonly port: number
}

/** Flows that are remembered; beyond that the one that was silent longest makes way. */
const MOST = 1 << 17

/** The GENEVE header of each flow, for what is sent about a flow when no packet of it is there: at the expiry of a session. */
export class FlowHeaders {
  readonly #flows = new Map<number, FlowHeader>()

  /** Notes how a packet came: the UDP payload that it was in, and from where. */
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

/** The GENEVE header, options included, of a payload that begins with one. */
export function headerOf(payload: Uint8Array): Uint8Array {
  return payload.subarray(0, 8 + (((payload[0] ?? 0) & 0x3f) << 2))
}

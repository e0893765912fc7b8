import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

/** What becomes of a datagram on its way: how many milliseconds later each copy of it goes on. */
export type Way = (datagram: Datagram) => readonly number[]

export interface Datagram {
  readonly host: 0 | 1
  /** To the appliance, or back. */
  readonly back: boolean
  /** The client of its flow sent it: its ports fall. */
  readonly fromClient: boolean
  /** It is a TCP segment, of ports in either order. */
  readonly segment: string | undefined
}

export interface Wiring {
  way: Way
  /** Which appliance a host's datagrams go to. */
  appliance: readonly [number, number]
  /** What does not reach an appliance comes back as if it had passed. */
  passes: (datagram: Datagram) => boolean
}

const NOW = [0] as const
const HEADER = 8
const TCP = 6

/** UDP between a load balancer and two appliances, on which anything can be done to what passes. */
export class Tunnel implements AsyncDisposable {
  readonly wiring: Wiring
  readonly #gates: Socket[] = []
  readonly #uplinks = new Map<string, Socket>()
  readonly #timers = new Set<NodeJS.Timeout>()

  private constructor(appliance: readonly [number, number]) {
    this.wiring = { way: () => NOW, appliance, passes: () => false }
  }

  static async open(appliance: readonly [number, number]): Promise<Tunnel> {
    const tunnel = new Tunnel(appliance)
    for (const host of [0, 1] as const) {
      const gate = await bound()
      gate.on('message', (payload, { port }) => void tunnel.#forth(host, gate, payload, port))
      tunnel.#gates.push(gate)
    }
    return tunnel
  }

  get ports(): readonly number[] {
    return this.#gates.map((gate) => gate.address().port)
  }

  async #forth(host: 0 | 1, gate: Socket, payload: Buffer, port: number): Promise<void> {
    const datagram = describe(payload, host, false)
    const { way, appliance, passes } = this.wiring
    const reply = (answer: Buffer) => {
      for (const delay of this.wiring.way(describe(answer, host, true)))
        this.#later(delay, () => gate.send(answer, port, '127.0.0.1'))
    }
    if (passes(datagram)) return reply(payload)
    const key = `${host} ${port} ${appliance[host]}`
    const known = this.#uplinks.get(key)
    const uplink = known ?? createSocket('udp4')
    if (known === undefined) {
      this.#uplinks.set(key, uplink)
      uplink.on('message', reply)
      // An appliance that is gone says nothing.
      uplink.on('error', () => undefined)
    }
    for (const delay of way(datagram))
      this.#later(delay, () => uplink.send(payload, appliance[host], '127.0.0.1'))
  }

  #later(delay: number, send: () => void): void {
    if (delay === 0) {
      send()
      return
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      send()
    }, delay)
    this.#timers.add(timer)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    for (const socket of [...this.#gates, ...this.#uplinks.values()]) socket.close()
  }
}

async function bound(): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return socket
}

/** Of IPv4 in GENEVE (RFC 8926). */
function describe(payload: Buffer, host: 0 | 1, back: boolean): Datagram {
  const ip = HEADER + ((payload[0] ?? 0) & 0x3f) * 4
  const transport = ip + ((payload[ip] ?? 0) & 15) * 4
  const ports = [payload.readUInt16BE(transport), payload.readUInt16BE(transport + 2)] as const
  const isTcp = payload[ip + 9] === TCP
  return {
    host,
    back,
    fromClient: ports[0] > ports[1],
    segment: isTcp ? [...ports].sort().join(' ') : undefined,
  }
}

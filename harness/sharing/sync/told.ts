import { NANOS_PER_SECOND, type Nanos, type PacketBatch } from '../../model/batch.ts'
import { Direction, Kind, Tcp } from '../../model/codes.ts'
import type { SyncSharing } from '../../model/setup.ts'
import { Stage, stageOf } from '../../model/sharing.ts'

const HTTP_PORT = 80

interface Flow {
  readonly tcp: boolean
  readonly http: boolean
  readonly born: Nanos
  /** Its session will be sent once it is old enough. */
  awaited: boolean
}

/** Which sessions a host sends to the others. */
export class Told {
  readonly #settings: SyncSharing
  readonly #delay: Nanos
  readonly #flows = new Map<number, Flow>()

  constructor(settings: SyncSharing) {
    this.#settings = settings
    this.#delay = settings.pickupDelay * NANOS_PER_SECOND
  }

  /** Notes a packet of a flow: the first one, or another opening of the connection, begins its age. */
  note(packets: PacketBatch, index: number, flow: number): void {
    const known = this.#flows.get(flow)
    const opens = ((packets.flags[index] ?? 0) & (Tcp.syn | Tcp.ack)) === Tcp.syn
    if (known !== undefined && !(known.tcp && opens)) return
    const kind = packets.kind[index]
    const tcp = kind === Kind.tcp4 || kind === Kind.tcp6
    const ports = packets.ports[index] ?? 0
    const serverPort = packets.direction[index] === Direction.c2s ? ports & 0xffff : ports >>> 16
    this.#flows.set(flow, {
      tcp,
      http: tcp && serverPort === HTTP_PORT,
      born: packets.time[index] ?? 0,
      awaited: false,
    })
  }

  /** Whether the others get this session of a flow. */
  isTold(flow: number, session: Uint8Array): boolean {
    const { peerVersion, halfOpen, http, connectionless } = this.#settings
    const known = this.#flows.get(flow)
    const stage = stageOf(session)
    if (known === undefined || peerVersion === 'incompatible' || stage === Stage.none) return false
    if (!known.tcp) return connectionless
    return (halfOpen || stage !== Stage.halfOpen) && (http || !known.http)
  }

  /** How much longer a session must last before it is sent. */
  wait(flow: number, at: Nanos): Nanos {
    const known = this.#flows.get(flow)
    return known?.tcp === true ? Math.max(0, known.born + this.#delay - at) : 0
  }

  /** Returns true on the first call for a flow, to have its session sent when it is old enough; false on later calls. */
  await(flow: number): boolean {
    const known = this.#flows.get(flow)
    if (known === undefined || known.awaited) return false
    known.awaited = true
    return true
  }

  clear(): void {
    this.#flows.clear()
  }
}

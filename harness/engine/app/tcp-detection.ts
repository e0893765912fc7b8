import { AppProtocol } from './app-view.ts'
import { Detection } from './detection.ts'

/**
 * Detection gives up when one side has sent more than this without being recognised (Suricata 7, app-layer.c,
 * TCPProtoDetectCheckBailConditions).
 */
const MAX_UNKNOWN = 100_000
/** The same for what is inside a tunnel (FLOW_PROTO_CHANGE_MAX_DEPTH). */
const MAX_TUNNEL = 4096

/** Which direction sent data first. */
const First = { nobody: 0, client: 1, server: 2, parsed: 3 } as const

/** What to do with bytes after they were inspected. */
export const Next = {
  /** Wait for more. */
  wait: 0,
  parse: 1,
  /** The flow will never be parsed. */
  giveUp: 2,
} as const

/** How the two directions of a TCP flow together determine its protocol (Suricata 7, app-layer.c, TCPProtoDetect). */
export class TcpDetection {
  /** An `AppProtocol` code. */
  protocol: number = AppProtocol.unknown
  readonly #client = new Detection()
  readonly #server = new Detection()
  readonly #port: number
  /** The port that probes go by: the server's, or that to which a tunnel goes. */
  #probed: number
  readonly #pickUp: boolean
  readonly #midstream: boolean
  #first: number = First.nobody

  /** `port`: the server's; `pickUp`: sessions may begin midstream; `midstream`: this one did, not on a SYN-ACK. */
  constructor(port: number, pickUp: boolean, midstream: boolean) {
    this.#port = port
    this.#probed = port
    this.#pickUp = pickUp
    this.#midstream = midstream
  }

  /** A parser has seen bytes, or detection has failed. */
  get isParsed(): boolean {
    return this.#first === First.parsed
  }

  /** Whether more bytes to the server may still determine the protocol. */
  get awaitsClient(): boolean {
    return this.protocol === AppProtocol.unknown && !this.#client.exhausted
  }

  isDone(toServer: boolean): boolean {
    return this.#own(toServer).completed
  }

  /** Whether that direction is undetermined and still inspected. */
  isAsked(toServer: boolean): boolean {
    const own = this.#own(toServer)
    return own.protocol === AppProtocol.unknown && !own.completed
  }

  /**
   * Detection anew, in what is inside a tunnel to `port` (0: unknown), by all bytes that one direction has sent in it: what they determine, or
   * that it has given up; undefined if more may determine it. `isLast`: none will come. (Suricata 7, app-layer.c, AppLayerHandleTCPData.)
   */
  lookInside(
    port: number,
    toServer: boolean,
    bytes: Uint8Array,
    from: number,
    to: number,
    isLast: boolean,
  ): TcpDetection | undefined {
    const inside = new TcpDetection(this.#port, this.#pickUp, this.#midstream)
    if (port > 0) inside.#probed = port
    inside.#first = First.parsed
    if (inside.look(toServer, bytes, from, to)) return inside
    const isExhausted = this.#midstream && toServer && inside.#client.exhausted
    if (!isLast && !isExhausted && to - from < MAX_TUNNEL) return undefined
    inside.giveUp()
    return inside
  }

  /** The flow's protocol is known from before. */
  adopt(protocol: number): void {
    this.protocol = protocol
    for (const side of [this.#client, this.#server]) {
      side.protocol = protocol
      side.completed = true
    }
    this.#first = First.parsed
  }

  giveUp(): void {
    this.#first = First.parsed
    this.protocol = AppProtocol.failed
  }

  /** Records that data of that direction came. */
  noteData(toServer: boolean): void {
    if (this.#first === First.nobody) this.#first = toServer ? First.client : First.server
  }

  /** Whether the other direction sent data first, and no parser has seen any. */
  otherCameFirst(toServer: boolean): boolean {
    return this.#first === (toServer ? First.server : First.client)
  }

  /** Bytes of that direction are lost. Returns false if the protocol will never be known. */
  skip(toServer: boolean): boolean {
    const own = this.#own(toServer)
    if (own.protocol !== AppProtocol.unknown) return true
    own.completed = true
    return this.protocol !== AppProtocol.unknown
  }

  /** Inspects the first bytes of a direction; returns whether they determine the protocol. Call `begin` then, `goOn` otherwise. */
  look(toServer: boolean, bytes: Uint8Array, from: number, to: number): boolean {
    const own = this.#own(toServer)
    const other = this.#own(!toServer)
    const told = own.look(toServer, bytes, from, to, this.#probed, other, this.#pickUp)
    if (told === AppProtocol.unknown) return false
    own.protocol = told
    // On a mismatch the protocol that was parsed counts, else the server's.
    const mismatch = other.protocol !== AppProtocol.unknown && other.protocol !== told
    this.protocol = mismatch && (this.#first === First.parsed || toServer) ? other.protocol : told
    own.completed = true
    return true
  }

  /** The next step after a direction was determined: `Next`. */
  begin(toServer: boolean): number {
    if (this.#first !== First.parsed && clientSpeaksFirst(this.protocol)) {
      if (this.#first !== First.client) return Next.giveUp
      if (!toServer) {
        this.#server.completed = false
        this.#server.patternsDone = false
        this.#server.probesDone = false
        return Next.wait
      }
    }
    this.#first = First.parsed
    return Next.parse
  }

  /** The next step after bytes that do not determine the protocol (yet): `Next`. `sent`, `answered`: contiguous bytes of each direction. */
  goOn(toServer: boolean, hasBytes: boolean, established: boolean, sent: number, answered: number): number {
    const own = this.#own(toServer)
    const other = this.#own(!toServer)
    if (this.#midstream && this.#client.exhausted) return Next.giveUp
    if (other.protocol === AppProtocol.unknown)
      return established && this.#isEnough(sent, answered) ? Next.giveUp : Next.wait
    if (this.#first !== First.parsed && clientSpeaksFirst(other.protocol) && !toServer) return Next.giveUp
    if (!own.exhausted) return Next.wait
    if (hasBytes) this.#first = First.parsed
    own.protocol = AppProtocol.failed
    own.completed = true
    return other.protocol === AppProtocol.failed ? Next.wait : Next.parse
  }

  /** Both directions unknown: whether so much was sent that detection gives up. */
  #isEnough(sent: number, answered: number): boolean {
    const client = this.#client
    const server = this.#server
    return (
      (client.exhausted && server.exhausted) ||
      Math.max(sent, answered) > 2 * MAX_UNKNOWN ||
      (client.exhausted && sent > MAX_UNKNOWN && answered === 0) ||
      (server.exhausted && answered > MAX_UNKNOWN && sent === 0) ||
      (answered > MAX_UNKNOWN && client.probesDone && !client.patternsDone && server.exhausted) ||
      (sent > MAX_UNKNOWN && server.probesDone && !server.patternsDone && client.exhausted)
    )
  }

  #own(toServer: boolean): Detection {
    return toServer ? this.#client : this.#server
  }
}

/** Whether the protocol's parser cannot begin with the server's data (Suricata's first data direction). */
function clientSpeaksFirst(protocol: number): boolean {
  return protocol === AppProtocol.tls
}

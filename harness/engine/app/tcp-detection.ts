import { AppProtocol } from './app-view.ts'
import { Detection } from './detection.ts'

/** Detection is given up when one side has sent so much that nothing told it (Suricata 7, app-layer.c, TCPProtoDetectCheckBailConditions). */
const MAX_UNKNOWN = 100_000

/** Which direction sent data first. */
const First = { nobody: 0, client: 1, server: 2, parsed: 3 } as const

/** What is to be done with bytes after they were looked at. */
export const Next = {
  /** Nothing, until there are more. */
  wait: 0,
  parse: 1,
  /** Nobody will ever parse this flow. */
  giveUp: 2,
} as const

/** How the two directions of a TCP flow tell its protocol together (Suricata 7, app-layer.c, TCPProtoDetect). */
export class TcpDetection {
  /** An `AppProtocol` code. */
  protocol: number = AppProtocol.unknown
  readonly #client = new Detection()
  readonly #server = new Detection()
  readonly #port: number
  readonly #pickUp: boolean
  readonly #midstream: boolean
  #first: number = First.nobody

  /** `port`: the server's; `pickUp`: sessions may begin midstream; `midstream`: this one did, not on a SYN-ACK. */
  constructor(port: number, pickUp: boolean, midstream: boolean) {
    this.#port = port
    this.#pickUp = pickUp
    this.#midstream = midstream
  }

  /** A parser has seen bytes, or all hope is gone. */
  get isParsed(): boolean {
    return this.#first === First.parsed
  }

  /** Whether more bytes of the direction to the server may still tell the protocol. */
  get awaitsClient(): boolean {
    return this.protocol === AppProtocol.unknown && !this.#client.exhausted
  }

  isDone(toServer: boolean): boolean {
    return this.#own(toServer).completed
  }

  /** Whether that direction has told nothing yet, and is asked. */
  isAsked(toServer: boolean): boolean {
    const own = this.#own(toServer)
    return own.protocol === AppProtocol.unknown && !own.completed
  }

  /** The flow is known to speak `protocol`, from before. */
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

  /** Data of that direction came. */
  noteData(toServer: boolean): void {
    if (this.#first === First.nobody) this.#first = toServer ? First.client : First.server
  }

  /** Whether the other direction sent data first, and no parser has seen any. */
  otherCameFirst(toServer: boolean): boolean {
    return this.#first === (toServer ? First.server : First.client)
  }

  /** Bytes of that direction are missing for good. False where the protocol will not be known. */
  skip(toServer: boolean): boolean {
    const own = this.#own(toServer)
    if (own.protocol !== AppProtocol.unknown) return true
    own.completed = true
    return this.protocol !== AppProtocol.unknown
  }

  /** Looks at the first bytes of a direction; whether they tell the protocol. Call `begin` then, or else `goOn`. */
  look(toServer: boolean, bytes: Uint8Array, from: number, to: number): boolean {
    const own = this.#own(toServer)
    const other = this.#own(!toServer)
    const told = own.look(toServer, bytes, from, to, this.#port, other, this.#pickUp)
    if (told === AppProtocol.unknown) return false
    own.protocol = told
    // That of what was parsed, or else the server's word.
    const mismatch = other.protocol !== AppProtocol.unknown && other.protocol !== told
    this.protocol = mismatch && (this.#first === First.parsed || toServer) ? other.protocol : told
    own.completed = true
    return true
  }

  /** What comes after a direction has told: `Next`. */
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

  /** What comes after bytes that do not tell (yet): `Next`. The last two are how many bytes of each direction are there from its start. */
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

  /** Both directions unknown: whether so much was sent that nothing will tell any more. */
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

/** Whether the parser of a protocol cannot begin with what the server says (Suricata's first data direction). */
function clientSpeaksFirst(protocol: number): boolean {
  return protocol === AppProtocol.tls
}

import { AppProtocol } from './app-view.ts'
import { lookAtDatagram } from './detection.ts'
import { makeParser } from './make-parser.ts'
import { type Parser, ParserResult } from './parser.ts'
import { Transactions } from './transactions.ts'

const result = new ParserResult()

/**
 * The application layer of one UDP flow at one host: the first datagram of each direction determines its protocol (Suricata 7, app-layer.c,
 * AppLayerHandleUdp).
 */
export class UdpFlow {
  protocol: number = AppProtocol.unknown
  readonly transactions = new Transactions()
  /** `size` when it was last counted. */
  counted = 0
  #client: number = AppProtocol.unknown
  #server: number = AppProtocol.unknown
  #parser: Parser | undefined

  get size(): number {
    return this.transactions.size
  }

  get clientDone(): boolean {
    return this.#client !== AppProtocol.unknown
  }

  get serverDone(): boolean {
    return this.#server !== AppProtocol.unknown
  }

  /** Processes a datagram `bytes[from … to-1]`; `port` is the server's. */
  take(toServer: boolean, bytes: Uint8Array, from: number, to: number, port: number): void {
    if ((toServer ? this.#client : this.#server) === AppProtocol.unknown) {
      const told = lookAtDatagram(bytes, from, to, port)
      const known = told === AppProtocol.unknown ? AppProtocol.failed : told
      if (toServer) this.#client = known
      else this.#server = known
      if (this.protocol === AppProtocol.unknown || this.protocol === AppProtocol.failed) this.protocol = known
    }
    if (this.protocol === AppProtocol.failed) return
    if (this.#parser === undefined) this.#parser = makeParser(this.protocol, false)
    this.#parser?.parse(toServer, bytes, from, to, this.transactions, result)
  }
}

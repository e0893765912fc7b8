import { AppProtocol } from './app-view.ts'
import { Probe, probeDatagram, probeStream } from './dns.ts'
import { CLIENT_DEPTH, matchPattern, SERVER_DEPTH } from './patterns.ts'

/** Ports whose streams are probed (suricata.yaml, detection-ports). */
const DNS_PORT = 53
const TLS_PORT = 443
/** Where Suricata probes for HTTP/2, which decides nothing here but how long a client's bytes may still be recognised. */
const HTTP2_PORT = 80
/** Probing ends with more bytes than these. */
const TLS_PROBE_DEPTH = 3
const DNS_PROBE_DEPTH = 14
const HTTP2_PROBE_DEPTH = 24
/** With so many bytes it is known whether a server speaks HTTP/2. */
const HTTP2_HEADER = 9

/** Protocol detection of one direction. */
export class Detection {
  /** An `AppProtocol` code; `failed`: given up. */
  protocol: number = AppProtocol.unknown
  /** No pattern can match any more. */
  patternsDone = false
  /** No probe can succeed any more. */
  probesDone = false
  /** Detection of this direction has succeeded or given up. */
  completed = false
  #tlsProbed = false
  #dnsProbed = false
  #http2Probed = false

  /** Both methods have failed. */
  get exhausted(): boolean {
    return this.patternsDone && this.probesDone
  }

  /**
   * Inspects the first bytes `bytes[from … to-1]` of a TCP stream, of a flow to the server's `port`; `other` is the other direction.
   * `pickUp`: streams may begin midstream, so the patterns of the other direction are tried too. Returns the protocol, or
   * `unknown`.
   */
  look(
    toServer: boolean,
    bytes: Uint8Array,
    from: number,
    to: number,
    port: number,
    other: Detection,
    pickUp: boolean,
  ): number {
    if (!this.patternsDone) {
      const protocol = this.#match(toServer, bytes, from, to, pickUp)
      if (protocol !== AppProtocol.unknown) {
        if (other.probesDone && other.protocol === AppProtocol.unknown) other.probesDone = false
        return protocol
      }
    }
    return this.probesDone
      ? AppProtocol.unknown
      : this.#probe(toServer, bytes, from, to, port, other.protocol)
  }

  #match(toServer: boolean, bytes: Uint8Array, from: number, to: number, pickUp: boolean): number {
    let protocol = matchPattern(toServer, bytes, from, to)
    let exhausted = to - from >= (toServer ? SERVER_DEPTH : CLIENT_DEPTH)
    if (protocol === AppProtocol.unknown && pickUp) {
      protocol = matchPattern(!toServer, bytes, from, to)
      exhausted = to - from >= Math.max(SERVER_DEPTH, CLIENT_DEPTH)
    }
    if (protocol !== AppProtocol.unknown || exhausted) this.patternsDone = true
    return protocol
  }

  #probe(
    toServer: boolean,
    bytes: Uint8Array,
    from: number,
    to: number,
    port: number,
    others: number,
  ): number {
    const dns = port === DNS_PORT || others === AppProtocol.dns
    const tls = port === TLS_PORT || others === AppProtocol.tls
    if (dns && !this.#dnsProbed) {
      if (probeStream(bytes, from, to) === Probe.yes) return AppProtocol.dns
      this.#dnsProbed = to - from > DNS_PROBE_DEPTH
    }
    if (tls && !this.#tlsProbed && toServer && to - from >= TLS_PROBE_DEPTH) {
      // An SSL 2 header: a length with its highest bit set, then a ClientHello.
      if (((bytes[from] ?? 0) & 0x80) !== 0 && bytes[from + 2] === 1) return AppProtocol.tls
      this.#tlsProbed = true
    } else if (tls && !toServer && to - from > TLS_PROBE_DEPTH) this.#tlsProbed = true
    if (to - from >= (toServer ? HTTP2_PROBE_DEPTH + 1 : HTTP2_HEADER)) this.#http2Probed = true
    this.probesDone = this.#isProbed(port)
    return AppProtocol.unknown
  }

  #isProbed(port: number): boolean {
    if (port === DNS_PORT) return this.#dnsProbed
    if (port === TLS_PORT) return this.#tlsProbed
    return port !== HTTP2_PORT || this.#http2Probed
  }
}

/** The protocol of a single UDP datagram to or from the server's `port`; `unknown` if it is not recognised. */
export function lookAtDatagram(bytes: Uint8Array, from: number, to: number, port: number): number {
  if (port !== DNS_PORT) return AppProtocol.unknown
  return probeDatagram(bytes, from, to) === Probe.yes ? AppProtocol.dns : AppProtocol.unknown
}

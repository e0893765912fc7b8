import { ipProtocol } from '../../flow/transport.ts'
import type { PacketBatch } from '../../model/batch.ts'
import { type Cidr, isWithinCidr, parseCidr } from '../../support/cidr.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { u16 } from '../../wire/bytes.ts'
import { addressLength, destinationAt, isIpv6, sourceAt } from '../../wire/ip.ts'
import { Protocol } from '../../wire/numbers.ts'

/** Whether packet `i` of a decoded batch is chosen. */
export type Filter = (batch: PacketBatch, i: number) => boolean

type Side = 'src' | 'dst' | 'any'

const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['tcp', Protocol.tcp],
  ['udp', Protocol.udp],
  ['icmp', Protocol.icmp],
  ['icmp6', Protocol.icmp6],
  ['sctp', Protocol.sctp],
  ['gre', Protocol.gre],
])

/**
 * Reads a filter in the part of libpcap's language that people use most: `host`, `net`, `port` and `portrange`, each with `src` or
 * `dst` before it if wanted; `ip`, `ip6`, `tcp`, `udp`, `icmp`, `icmp6`, `sctp`, `gre`; `and`, `or`, `not`, parentheses. As
 * there, `and` and `or` are of one rank and go from left to right, and fragments but the first have no ports. Throws ERR_FILTER.
 */
export function parseFilter(text: string): Filter {
  const words = text.match(/[()!]|&&|\|\||[^\s()!]+/g) ?? []
  const parser = new FilterParser(words, text)
  return parser.whole()
}

class FilterParser {
  readonly #words: readonly string[]
  readonly #text: string
  #at = 0

  constructor(words: readonly string[], text: string) {
    this.#words = words
    this.#text = text
  }

  whole(): Filter {
    const filter = this.#chain()
    if (this.#at < this.#words.length) throw this.#wrong()
    return filter
  }

  #chain(): Filter {
    let filter = this.#term()
    for (;;) {
      const left = filter
      if (this.#takes('and', '&&')) {
        const right = this.#term()
        filter = (batch, i) => left(batch, i) && right(batch, i)
      } else if (this.#takes('or', '||')) {
        const right = this.#term()
        filter = (batch, i) => left(batch, i) || right(batch, i)
      } else return filter
    }
  }

  #term(): Filter {
    if (this.#takes('not', '!')) {
      const negated = this.#term()
      return (batch, i) => !negated(batch, i)
    }
    if (!this.#takes('(')) return this.#primitive()
    const inner = this.#chain()
    if (!this.#takes(')')) throw this.#wrong()
    return inner
  }

  #primitive(): Filter {
    const side: Side = this.#takes('src') ? 'src' : this.#takes('dst') ? 'dst' : 'any'
    if (this.#takes('host', 'net')) return this.#address(side)
    if (this.#takes('port', 'portrange')) return this.#port(side)
    if (side !== 'any') return this.#address(side)
    const word = this.#words[this.#at] ?? ''
    const protocol = PROTOCOLS.get(word)
    if (protocol === undefined && word !== 'ip' && word !== 'ip6') throw this.#wrong()
    this.#at++
    return protocol === undefined ? isVersion(word === 'ip6') : isProtocol(protocol)
  }

  #address(side: Side): Filter {
    const block = parseCidr(this.#words[this.#at] ?? '')
    if (block === undefined) throw this.#wrong()
    this.#at++
    return hasAddress(block, side)
  }

  #port(side: Side): Filter {
    const [, first, , last] = /^(\d{1,5})(-(\d{1,5}))?$/.exec(this.#words[this.#at] ?? '') ?? []
    if (first === undefined) throw this.#wrong()
    this.#at++
    return hasPort(Number(first), Number(last ?? first), side)
  }

  #takes(...words: readonly string[]): boolean {
    if (!words.includes(this.#words[this.#at] ?? '')) return false
    this.#at++
    return true
  }

  #wrong(): FlowbreakError {
    const word = this.#words[this.#at]
    return new FlowbreakError(
      'ERR_FILTER',
      `The filter "${this.#text}" cannot be read ${word === undefined ? 'to its end' : `from "${word}" on`}: write it as in "tcp and host 192.0.2.10 and not port 22".`,
    )
  }
}

function isVersion(six: boolean): Filter {
  return ({ bytes, l3 }, i) => (l3[i] ?? -1) >= 0 && isIpv6(bytes, l3[i] ?? 0) === six
}

function isProtocol(protocol: number): Filter {
  return ({ bytes, l3, start, captured }, i) => {
    const at = l3[i] ?? -1
    return at >= 0 && ipProtocol(bytes, at, (start[i] ?? 0) + (captured[i] ?? 0)) === protocol
  }
}

function hasAddress(block: Cidr, side: Side): Filter {
  return ({ bytes, l3 }, i) => {
    const at = l3[i] ?? -1
    if (at < 0) return false
    const size = addressLength(bytes, at)
    return (
      (side !== 'dst' && isWithinCidr(block, bytes, sourceAt(bytes, at), size)) ||
      (side !== 'src' && isWithinCidr(block, bytes, destinationAt(bytes, at), size))
    )
  }
}

function hasPort(from: number, to: number, side: Side): Filter {
  const within = (port: number) => port >= from && port <= to
  return ({ bytes, l3, l4, start, captured }, i) => {
    const at = l4[i] ?? -1
    if (at < 0) return false
    const protocol = ipProtocol(bytes, l3[i] ?? 0, (start[i] ?? 0) + (captured[i] ?? 0))
    if (protocol !== Protocol.tcp && protocol !== Protocol.udp && protocol !== Protocol.sctp) return false
    return (side !== 'dst' && within(u16(bytes, at))) || (side !== 'src' && within(u16(bytes, at + 2)))
  }
}

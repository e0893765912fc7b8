import { destinationAt, isIpv6, sourceAt } from '../../wire/ip.ts'
import { Protocol } from '../../wire/numbers.ts'
import { Bits } from './bits.ts'
import { AddressClasses, PortClasses } from './header-classes.ts'
import { OtherSearch } from './other-search.ts'
import type { RuleProtocol } from './rule.ts'
import type { Signature } from './signature.ts'

/** The signatures whose header matches the packets of a flow in one direction. Numbers are places in the rule order. */
export interface RuleGroup {
  /** Evaluated when a pattern selects them: those of the group, and for some packets those of the other direction. */
  readonly called: Bits
  /** Evaluated for the first packet. */
  readonly first: Int32Array
  /** Evaluated for every packet, since no pattern selects them: while the flow is not established, and when it is. */
  readonly steady: readonly [Int32Array, Int32Array]
  /** Some search for content. */
  readonly content: boolean
  /** Some need the application protocol or its buffers. */
  readonly app: boolean
  /** None needs content or the application layer, and none is evaluated for every packet: [not established, established]. */
  readonly idle: readonly [boolean, boolean]
}

/** The fields that determine the group of a packet. */
export interface PacketHeader {
  bytes: Uint8Array
  /** Offset of the IP header. */
  l3: number
  /** -1: unknown, as in fragments. */
  protocol: number
  /** -1: none. */
  sourcePort: number
  destinationPort: number
  /** Packets without flow go to the server. */
  hasFlow: boolean
  toServer: boolean
}

/** Finds the group of a packet by the classes of its addresses and ports; creates it on first use. */
export class RuleGroups {
  readonly #signatures: readonly Signature[]
  readonly #patterned: Bits
  readonly #otherSearch: OtherSearch
  readonly #sources: readonly [AddressClasses, AddressClasses]
  readonly #destinations: readonly [AddressClasses, AddressClasses]
  readonly #sourcePorts: PortClasses
  readonly #destinationPorts: PortClasses
  /** By the classes of addresses, then by everything else. */
  readonly #byKey = new Map<number, Map<number, number>>()
  readonly #byMembers = new Map<string, number>()
  readonly groups: RuleGroup[] = []

  /** `patterned`: the signatures that a pattern selects, so that they need not be evaluated for every packet. */
  constructor(signatures: readonly Signature[], patterned: Bits) {
    this.#signatures = signatures
    this.#patterned = patterned
    this.#otherSearch = new OtherSearch(
      signatures,
      ({ rule, toServer }, protocol, way) =>
        (toServer ?? way) === way && matchesProtocol(rule.protocol, protocol),
    )
    const sources = signatures.map(({ rule, turned }) => (turned ? rule.destination : rule.source))
    const destinations = signatures.map(({ rule, turned }) => (turned ? rule.source : rule.destination))
    this.#sources = [new AddressClasses(sources, 4), new AddressClasses(sources, 16)]
    this.#destinations = [new AddressClasses(destinations, 4), new AddressClasses(destinations, 16)]
    const ports = (near: boolean) =>
      signatures.map(({ rule, turned }) => (turned === near ? rule.destinationPorts : rule.sourcePorts))
    this.#sourcePorts = new PortClasses(ports(true))
    this.#destinationPorts = new PortClasses(ports(false))
  }

  /** Index into `groups` of a packet's group. */
  find(header: PacketHeader): number {
    const { bytes, l3, sourcePort, destinationPort, toServer } = header
    return this.#find(
      header,
      sourceAt(bytes, l3),
      destinationAt(bytes, l3),
      sourcePort,
      destinationPort,
      toServer,
    )
  }

  /** The same for packets of the opposite direction. */
  findBack(header: PacketHeader): number {
    const { bytes, l3, sourcePort, destinationPort, toServer } = header
    return this.#find(
      header,
      destinationAt(bytes, l3),
      sourceAt(bytes, l3),
      destinationPort,
      sourcePort,
      !toServer,
    )
  }

  #find(
    { bytes, l3, protocol, hasFlow }: PacketHeader,
    sourceAddress: number,
    destinationAddress: number,
    fromPort: number,
    toPort: number,
    toServer: boolean,
  ): number {
    const six = isIpv6(bytes, l3)
    const sources = this.#sources[six ? 1 : 0]
    const destinations = this.#destinations[six ? 1 : 0]
    const source = sources.classOf(bytes, sourceAddress)
    const destination = destinations.classOf(bytes, destinationAddress)
    const sourcePort = this.#sourcePorts.classOf(fromPort)
    const destinationPort = this.#destinationPorts.classOf(toPort)
    const way = (hasFlow ? 2 : 0) + (toServer ? 1 : 0)
    const ports = sourcePort * (this.#destinationPorts.none + 1) + destinationPort
    const rest = (ports * 257 + protocol + 1) * 4 + way
    const ends = (source * destinations.accepting.length + destination) * 2 + (six ? 1 : 0)
    const among = this.#byKey.get(ends) ?? new Map<number, number>()
    const known = among.get(rest)
    if (known !== undefined) return known
    const members = Bits.of(this.#signatures.length, (index) =>
      this.#fits(index, protocol, toServer, hasFlow),
    )
    const called = members.copy()
    if (protocol !== Protocol.tcp && protocol !== Protocol.udp)
      for (const index of this.#signatures.keys())
        if (this.#isCalled(index, protocol, toServer, hasFlow)) called.add(index)
    for (const accepting of [
      sources.accepting[source],
      destinations.accepting[destination],
      this.#sourcePorts.accepting[sourcePort],
      this.#destinationPorts.accepting[destinationPort],
    ])
      if (accepting !== undefined) {
        members.intersect(accepting)
        called.intersect(accepting)
      }
    const made = this.#intern(members, called)
    this.#byKey.set(ends, among.set(rest, made))
    return made
  }

  /** The conditions other than addresses and ports. */
  #fits(index: number, protocol: number, toServer: boolean, hasFlow: boolean): boolean {
    const signature = this.#signatures[index]
    if (signature === undefined || (signature.needsFlow && !hasFlow)) return false
    if (signature.toServer !== undefined && signature.toServer !== toServer) return false
    return matchesProtocol(signature.rule.protocol, protocol)
  }

  /** Whether a pattern selects the signature for packets of this protocol, whatever its direction. */
  #isCalled(index: number, protocol: number, toServer: boolean, hasFlow: boolean): boolean {
    const signature = this.#signatures[index]
    if (signature === undefined || !this.#patterned.has(index)) return false
    if (!this.#otherSearch.calls(signature, protocol, toServer)) return false
    return this.#fits(index, protocol, signature.toServer ?? toServer, hasFlow)
  }

  #intern(members: Bits, called: Bits): number {
    const text = `${members.words.join()} ${called.words.join()}`
    const known = this.#byMembers.get(text)
    if (known !== undefined) return known
    this.groups.push(this.#make(members, called))
    this.#byMembers.set(text, this.groups.length - 1)
    return this.groups.length - 1
  }

  #make(members: Bits, called: Bits): RuleGroup {
    const list = members.list()
    const signature = (index: number) => this.#signatures[index]
    const rest = list.filter((index) => signature(index)?.ofFirst === false)
    const steady = (established: boolean) =>
      Int32Array.from(
        rest.filter((index) => {
          const wanted = signature(index)?.rule.flow?.established
          const plain = signature(index)?.rule.buffers.length === 0 && !this.#patterned.has(index)
          return plain && (wanted === undefined || wanted === established)
        }),
      )
    const content = called.list().some((index) => signature(index)?.look !== 0)
    const app = rest.some((index) => signature(index)?.appProtocol !== 0)
    const ways = [steady(false), steady(true)] as const
    return {
      called,
      first: Int32Array.from(list.filter((index) => signature(index)?.ofFirst === true)),
      steady: ways,
      content,
      app,
      idle: [ways[0].length === 0 && !content && !app, ways[1].length === 0 && !content && !app],
    }
  }
}

function matchesProtocol(wanted: RuleProtocol, protocol: number): boolean {
  switch (wanted) {
    case 'ip':
      return true
    case 'udp':
      return protocol === Protocol.udp
    case 'icmp':
      return protocol === Protocol.icmp || protocol === Protocol.icmp6
    case 'dns':
      return protocol === Protocol.tcp || protocol === Protocol.udp
    default:
      return protocol === Protocol.tcp
  }
}

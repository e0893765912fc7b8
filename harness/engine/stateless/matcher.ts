import type { StatelessMatch } from '../../model/setup.ts'
import { type Cidr, isWithinCidr, parseCidr } from '../../support/cidr.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { Protocol } from '../../wire/numbers.ts'
import type { StatelessSubject } from './subject.ts'

/** A match specification, prepared once for comparison with packets. An empty list matches everything. */
export class StatelessMatcher {
  readonly #sources: readonly Cidr[]
  readonly #destinations: readonly Cidr[]
  readonly #match: StatelessMatch

  /** Throws ERR_STATELESS for an invalid address. */
  constructor(match: StatelessMatch) {
    this.#sources = match.sources.map(cidrOf)
    this.#destinations = match.destinations.map(cidrOf)
    this.#match = match
  }

  /**
   * Whether the packet matches in everything. Ports are used for TCP and UDP only, flags for TCP only, and both are ignored otherwise
   * (API reference, MatchAttributes). A later fragment has neither, so a rule about them does not match it.
   */
  matches(subject: StatelessSubject): boolean {
    const { protocols, sourcePorts, destinationPorts, flags } = this.#match
    const { protocol, bytes, addressSize } = subject
    if (protocols.length > 0 && !protocols.includes(protocol)) return false
    if (protocol === Protocol.tcp || protocol === Protocol.udp) {
      if (!hasPort(sourcePorts, subject.sourcePort)) return false
      if (!hasPort(destinationPorts, subject.destinationPort)) return false
    }
    if (protocol === Protocol.tcp && !hasFlags(flags, subject.flags)) return false
    return (
      isAmong(this.#sources, bytes, subject.source, addressSize) &&
      isAmong(this.#destinations, bytes, subject.destination, addressSize)
    )
  }
}

function hasPort(ranges: StatelessMatch['sourcePorts'], port: number): boolean {
  if (ranges.length === 0) return true
  for (const [first, last] of ranges) if (port >= first && port <= last) return true
  return false
}

function hasFlags(wanted: StatelessMatch['flags'], seen: number): boolean {
  if (wanted.length === 0) return true
  if (seen < 0) return false
  for (const { flags, masks } of wanted) if ((seen & masks) === flags) return true
  return false
}

function isAmong(blocks: readonly Cidr[], bytes: Uint8Array, at: number, size: number): boolean {
  if (blocks.length === 0) return true
  for (const block of blocks) if (isWithinCidr(block, bytes, at, size)) return true
  return false
}

function cidrOf(text: string): Cidr {
  const cidr = parseCidr(text)
  if (cidr === undefined)
    throw new FlowbreakError(
      'ERR_STATELESS',
      `"${text}" in a stateless rule is neither an address nor a CIDR block: write 192.0.2.0/24 or 2001:db8::/32.`,
    )
  return cidr
}

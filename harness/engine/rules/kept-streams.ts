import { LAST_PORT, type Ports } from './ports.ts'
import { Look, type Signature } from './signature.ts'

const TO_SERVER = 1
const TO_CLIENT = 2

/**
 * The streams of which Suricata keeps data for content rules. It decides when it first looks up the rules of a flow and direction, and
 * considers only the server's port (Suricata 7, detect.c, DetectRunPostGetFirstRuleGroup).
 */
export class KeptStreams {
  /** Bits, indexed by the server's port. */
  readonly #ways = new Uint8Array(LAST_PORT + 1)

  private constructor(signatures: readonly Signature[]) {
    for (const { rule, turned, toServer } of signatures) {
      const [source, destination] = turned
        ? [rule.destinationPorts, rule.sourcePorts]
        : [rule.sourcePorts, rule.destinationPorts]
      if (toServer !== false) this.#add(destination, TO_SERVER)
      if (toServer !== true) this.#add(source, TO_CLIENT)
    }
  }

  /** Undefined if no rule inspects streams. */
  static of(signatures: readonly Signature[]): KeptStreams | undefined {
    const looking = signatures.filter(({ look }) => (look & Look.stream) !== 0)
    return looking.length === 0 ? undefined : new KeptStreams(looking)
  }

  has(toServer: boolean, port: number): boolean {
    return ((this.#ways[port] ?? 0) & (toServer ? TO_SERVER : TO_CLIENT)) !== 0
  }

  #add(ports: Ports | undefined, way: number): void {
    const ranges = ports ?? [0, LAST_PORT]
    for (let i = 0; i < ranges.length; i += 2)
      for (let port = ranges[i] ?? 0; port <= (ranges[i + 1] ?? 0); port++)
        this.#ways[port] = (this.#ways[port] ?? 0) | way
  }
}

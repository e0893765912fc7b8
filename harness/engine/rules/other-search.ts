import { Protocol } from '../../wire/numbers.ts'
import { Contents } from './inspect.ts'
import { patternOf } from './patterns.ts'
import type { Signature } from './signature.ts'

/** A protocol number that only rules about `ip` match. */
const ANY = 0
/** The order in which Suricata prepares its groups. */
const GROUPS = [
  { toServer: true, protocol: ANY },
  { toServer: true, protocol: Protocol.icmp },
  { toServer: false, protocol: ANY },
  { toServer: false, protocol: Protocol.icmp },
] as const

/**
 * Suricata groups rules by direction, and does not ask a rule about its direction again if that is all that its `flow` says. For what is
 * neither TCP nor UDP one pattern search serves both directions: what it finds is evaluated, to whichever direction the rule belongs
 * (Suricata 7, detect-engine-mpm.c, MPMB_OTHERIP; detect-flow.c, DetectFlowSetup). A group is searched if some rule of its own has content.
 */
export class OtherSearch {
  /** By direction and protocol, as in `GROUPS`. */
  readonly #searched: readonly boolean[]

  /** `fits`: whether a signature is about packets of a protocol and direction. */
  constructor(
    signatures: readonly Signature[],
    fits: (signature: Signature, protocol: number, toServer: boolean) => boolean,
  ) {
    const known = new Map<string, boolean>()
    let hasPattern = false
    this.#searched = GROUPS.map(({ toServer, protocol }) => {
      const own = [...signatures.keys()].filter((place) => {
        const signature = signatures[place]
        return (
          signature !== undefined && signature.rule.contents.length > 0 && fits(signature, protocol, toServer)
        )
      })
      // A negated content with a position is not searched for, and a group without patterns is not searched, unless others had some before.
      hasPattern ||= own.some((place) => hasPatternOfItsOwn(signatures[place]))
      const text = own.join()
      const searched = known.get(text) ?? (own.length > 0 && hasPattern)
      known.set(text, searched)
      return searched
    })
  }

  /** Whether a signature that a pattern selected is evaluated for packets of a protocol other than TCP and UDP, whatever its direction. */
  calls({ rule }: Signature, protocol: number, toServer: boolean): boolean {
    const isIcmp = protocol === Protocol.icmp || protocol === Protocol.icmp6
    if (this.#searched[(toServer ? 0 : 2) + (isIcmp ? 1 : 0)] !== true) return false
    return rule.flow === undefined || (rule.flow.established === undefined && !rule.flow.stateless)
  }
}

function hasPatternOfItsOwn(signature: Signature | undefined): boolean {
  const contents = signature?.rule.contents ?? []
  return patternOf(contents) !== undefined || new Contents(contents).bars
}

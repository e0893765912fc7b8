import { countedFin, heardOf, reach } from './heard.ts'
import type { Oddity } from './oddity.ts'
import { CLIENT, NEXT, SERVER, STATE_MASK } from './record.ts'
import type { Segment } from './segment.ts'
import { clientTells, endsProbing, isToldByServer, serverTells } from './telling.ts'

/*
 * Segments that make detection give up although the numbers of both sides do not show it (telling.ts): because of what was missed, or of
 * the order in which they came.
 */

/** Whether this segment, which has updated its session, makes detection give up in one of these ways. */
export function tells(
  words: Int32Array,
  base: number,
  own: number,
  segment: Segment,
  oddity: Oddity | undefined,
  pickUp: boolean,
): boolean {
  if (!segment.taken) return false
  const isClient = own - base === CLIENT
  if (oddity?.clientMissed !== true && oddity?.serverMissed !== true)
    return pickUp && isClient && tellsAfterServer(words, base, oddity)
  const [missed, otherMissed] = isClient
    ? [oddity.clientMissed, oddity.serverMissed]
    : [oddity.serverMissed, oddity.clientMissed]
  if (missed || !otherMissed) return false
  // The other side's first bytes were missed and this side's were not: then this side's bytes suffice.
  const enough = isClient ? clientTells(words, base, true) : serverTells(words, base, pickUp)
  return heardBytes(words, base, own, oddity) >= enough
}

/**
 * The client's packet comes after enough bytes of the server: tried as a client's, these have ended the client's probing, which its next
 * packet notices, whatever it acknowledges (Suricata 7, AppLayerProtoDetectPPGetProto, again_midstream).
 */
function tellsAfterServer(words: Int32Array, base: number, oddity: Oddity | undefined): boolean {
  const client = heardBytes(words, base, base + CLIENT, oddity)
  const server = heardBytes(words, base, base + SERVER, oddity)
  if (oddity?.probing === true && endsProbing(words, base, server)) oddity.probed = true
  return isToldByServer(words, base, client, server)
}

/** How many contiguous bytes of this side's have been there from the first on. */
function heardBytes(words: Int32Array, base: number, own: number, oddity: Oddity | undefined): number {
  const next = (words[own + NEXT] ?? 0) - countedFin(base, own, (words[base] ?? 0) & STATE_MASK)
  return reach(words, own, next, oddity && heardOf(oddity, base, own))
}

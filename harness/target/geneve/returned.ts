import type { PacketBatch } from '../../model/batch.ts'
import { Reason } from '../../model/codes.ts'
import { isFragment } from '../../observe/live/identity.ts'
import { u32 } from '../../wire/bytes.ts'
import type { MarkPlaces } from '../../wire/tunnel/gateway-marks.ts'
import type { GatewayFlow, GatewayFlows } from './flows.ts'
import { ATTACHMENT, ENDPOINT } from './header.ts'

/** A datagram that a host returned, parsed. */
export interface Returned {
  /** The UDP payload, and the positions of its marks. */
  readonly payload: Uint8Array
  readonly places: MarkPlaces
  /** The index of the load balancer's source port that it came back to; -1: none of them. */
  readonly socket: number
  /** Whether it came back to the port that its host must return to. */
  readonly rightWay: boolean
}

/** How a gateway load balancer treats a datagram that a host returned. */
export interface Taken {
  /** 0: clients' side, 1: servers' side. */
  readonly side: 0 | 1
  /** 0: it is sent on; else a `Reason` code. */
  readonly refused: number
}

/** Judges packet `i`, which was returned and whose IP header is read in `batch`. */
export function takeBack(flows: GatewayFlows, batch: PacketBatch, i: number, returned: Returned): Taken {
  const { payload, places } = returned
  const flow = places.cookie < 0 ? undefined : flows.byCookie(u32(payload, places.cookie))
  const own = flows.byPacket(batch, i)
  const side =
    flow === undefined && own === undefined ? 1 : flows.towards((own ?? flow) as GatewayFlow, batch, i)
  return { side, refused: refusal(flow, own, batch, i, returned) }
}

function refusal(
  flow: GatewayFlow | undefined,
  own: GatewayFlow | undefined,
  batch: PacketBatch,
  i: number,
  { payload, places, socket, rightWay }: Returned,
): number {
  if (flow === undefined) return Reason['unknown flow cookie']
  const fragment = isFragment(batch.kind[i] ?? 0)
  if (fragment && !flow.fragments) return Reason['fragmented by host']
  // A datagram that the host reassembled belongs to a flow with ports; a translated packet to no known flow.
  if (own !== undefined && own !== flow && !(flow.fragments && !fragment))
    return Reason['cookie of another flow']
  if (!rightWay || socket !== flow.socket) return Reason['wrong tunnel port']
  if (!isMark(payload, places.endpoint, ENDPOINT) || !isMark(payload, places.attachment, ATTACHMENT))
    return Reason['wrong tunnel options']
  return Reason.none
}

function isMark(bytes: Uint8Array, at: number, value: number): boolean {
  return at >= 0 && u32(bytes, at) === Math.floor(value / 2 ** 32) && u32(bytes, at + 4) === value >>> 0
}

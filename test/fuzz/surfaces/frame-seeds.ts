import { PacketBatch } from '../../../harness/model/batch.ts'
import { Tcp } from '../../../harness/model/codes.ts'
import { decodeBatch } from '../../../harness/wire/decode.ts'
import {
  ethernet,
  hex,
  icmp,
  ipv4,
  ipv6,
  join8,
  onEveryLink,
  tcp,
  udp,
} from '../../../harness/wire/example-frames.test.ts'
import { Protocol } from '../../../harness/wire/numbers.ts'
import { emitTcpOptions } from '../../../harness/wire/tcp-options.ts'
import { carriersOf } from '../../../harness/wire/tunnel/carriers.ts'
import { TUNNELS } from '../../../harness/wire/tunnel/example-tunnels.test.ts'
import type { Field } from '../kit/bytes.ts'
import { load } from './frame.ts'

interface Seed {
  readonly bytes: Uint8Array
  readonly link: number
  readonly fields: readonly Field[]
}

const OPTIONS = emitTcpOptions({
  mss: 1460,
  sackPermitted: true,
  windowScale: 7,
  timestamps: { value: 1, echo: 2 },
})
const SACK = emitTcpOptions({
  timestamps: { value: 1, echo: 2 },
  sack: [
    [1, 2],
    [5, 9],
  ],
})
/** Packets of every kind that the decoder tells apart. */
const PACKETS = [
  ipv4(Protocol.tcp, tcp({}, 9)),
  ipv4(Protocol.tcp, tcp({ flags: Tcp.syn, options: OPTIONS })),
  ipv4(Protocol.tcp, tcp({ flags: Tcp.ack, options: SACK })),
  ipv4(Protocol.udp, udp(12)),
  ipv4(Protocol.tcp, tcp({}, 3), { options: hex('94040000') }),
  ipv4(Protocol.udp, udp(30), { moreFragments: true }),
  ipv4(Protocol.udp, udp(30), { fragmentOffset: 24 }),
  ipv4(Protocol.icmp, icmp(3, 1, ipv4(Protocol.tcp, tcp({}, 3)))),
  ipv4(Protocol.icmp, icmp(8, 0, hex('01020304'))),
  ipv4(132, new Uint8Array(20)),
  ipv6(Protocol.tcp, tcp({ options: SACK }, 9)),
  ipv6(Protocol.udp, udp(9), 44, hex('1100 0001 00000009')),
  ipv6(Protocol.tcp, tcp(), 0, hex('3c00 010400000000'), hex('0600 010400000000')),
  ipv6(Protocol.icmp6, icmp(1, 4, ipv6(Protocol.udp, udp(6)))),
  ipv6(Protocol.tcp, tcp(), 51, hex('0604 0000 00000001 00000002 000000000000000000000000')),
]
const TAGS = [
  '8100 0005',
  '88a8 0064 8100 0005',
  '9100 0001 8100 0002 8100 0003',
  '8847 00064140 ',
  '8864 1100 0001 0030 0021',
]
/** Frames that nothing is wrong with, and where their fields are. */
export const SEEDS: readonly Seed[] = seeds()

function seeds(): Seed[] {
  const frames: { readonly bytes: Uint8Array; readonly link: number }[] = []
  for (const packet of PACKETS) {
    frames.push(ethernet(packet), ...onEveryLink(packet))
    for (const tag of TAGS) frames.push(ethernet(packet, hex(tag)))
    for (const { wrap, version } of TUNNELS) {
      if (version !== undefined && version !== (packet[0] ?? 0) >> 4) continue
      const once = wrap(packet)
      frames.push(ethernet(once))
      const outer = TUNNELS[(once.length * 7) % TUNNELS.length]
      if (outer !== undefined && (outer.version ?? (once[0] ?? 0) >> 4) === (once[0] ?? 0) >> 4)
        frames.push(ethernet(outer.wrap(once)))
    }
  }
  // A stack of them, deeper than is read.
  let deep = PACKETS[0] ?? new Uint8Array(0)
  for (let n = 0; n < 20; n++) deep = ipv4(Protocol.gre, join8(hex('00000800'), deep))
  frames.push(ethernet(deep))
  return frames.map(({ bytes, link }) => ({ bytes, link, fields: fieldsOf(bytes, link) }))
}

/** Fields of the link, network and transport headers of a frame, of those in its tunnels too. */
function fieldsOf(bytes: Uint8Array, link: number): Field[] {
  const batch = new PacketBatch(1, 0)
  load(batch, { bytes, link, original: bytes.length, tunnels: 2 }, bytes, 0)
  decodeBatch(batch)
  const headers = [...carriersOf(batch, 0), { l3: batch.l3[0] ?? -1, l4: batch.l4[0] ?? -1 }]
  const fields: Field[] = [...Array(12).keys()].map((n) => ({ at: n * 2, size: 2 as const }))
  for (const { l3, l4 } of headers) {
    if (l3 >= 0) for (const at of [0, 6, 8, 9]) fields.push({ at: l3 + at, size: 1 })
    if (l3 >= 0) for (const at of [2, 4, 6]) fields.push({ at: l3 + at, size: 2 })
    if (l4 >= 0) for (const at of [0, 1, 3, 12, 13, 20, 21, 24, 25]) fields.push({ at: l4 + at, size: 1 })
    if (l4 >= 0) for (const at of [0, 2, 4, 6, 8, 14]) fields.push({ at: l4 + at, size: 2 })
  }
  return fields
}

import { PacketBatch } from '../../../harness/model/batch.ts'
import { Kind, Tcp } from '../../../harness/model/codes.ts'
import { decodeBatch } from '../../../harness/wire/decode.ts'
import { CLIENT4, CLIENT6 } from '../../../harness/wire/example-frames.test.ts'
import { forgeTcp } from '../../../harness/wire/forge.ts'
import { isIpv6 } from '../../../harness/wire/ip.ts'
import { payloadRange, withPayload } from '../../../harness/wire/payload.ts'
import { readdress } from '../../../harness/wire/readdress.ts'
import { buildReset } from '../../../harness/wire/reset.ts'
import { mapSackEdges } from '../../../harness/wire/sack-edges.ts'
import { buildUnreachable } from '../../../harness/wire/unreachable.ts'
import { verifyChecksums } from '../../../harness/wire/verify.ts'
import { demand, errorProblem } from '../kit/told.ts'
import { type FrameInput, load } from './frame.ts'

const answered = new PacketBatch(1, 0)

/** What a firewall sends about the packet: whole frames that can be read as what they are. */
export function demandAnswers(batch: PacketBatch, { link, tunnels }: FrameInput): void {
  for (const style of ['suricata', 'rfc'] as const)
    for (const to of ['sender', 'receiver'] as const) {
      const reset = buildReset(batch, 0, to, style)
      if (reset === undefined) continue
      const kind = readAgain(reset.frame, link, tunnels)
      demand(kind === batch.kind[0], `a reset about kind ${batch.kind[0]} is of kind ${kind}`)
      demand(((answered.flags[0] ?? 0) & Tcp.rst) !== 0, 'a reset has no RST')
    }
  for (const style of ['suricata', 'port'] as const) {
    const error = buildUnreachable(batch, 0, style)
    if (error === undefined) continue
    const kind = readAgain(error, link, tunnels)
    const six = isIpv6(batch.bytes, batch.l3[0] ?? 0)
    demand(kind === (six ? Kind.icmp6 : Kind.icmp4), `an ICMP error is of kind ${kind}`)
  }
}

function readAgain(frame: Uint8Array, link: number, tunnels: number): number {
  load(answered, { bytes: frame, link, original: frame.length, tunnels }, frame, 0)
  decodeBatch(answered)
  return answered.kind[0] ?? -1
}

/** What is made out of the frame, or refused. */
export function demandChanges(batch: PacketBatch, { bytes, link, tunnels }: FrameInput): void {
  const template = { bytes, link, tunnels }
  const copy = bytes.slice()
  const six = (batch.l3[0] ?? -1) >= 0 && isIpv6(batch.bytes, batch.l3[0] ?? 0)
  refused(['ERR_ADDRESS_FAMILY'], () =>
    readdress(
      copy,
      link,
      {
        source: { address: six ? CLIENT6 : CLIENT4, port: 7 },
        destination: { port: 9 },
        seqDelta: 5,
        ackDelta: -5,
        echoDelta: 1,
      },
      tunnels,
    ),
  )
  mapSackEdges({ ...template, bytes: copy }, (edge) => edge + 1)
  demand(['ok', 'bad', 'none'].includes(verifyChecksums(bytes, link)), 'checksums neither hold nor not')
  const forged = refused(['ERR_TEMPLATE', 'ERR_SEGMENT_LENGTH'], () =>
    forgeTcp(template, {
      flags: Tcp.ack,
      seq: 1,
      ack: 2,
      window: 3,
      payload: 4,
      timestamp: { value: 1, echo: 2 },
      keepOptions: true,
    }),
  )
  if (forged !== undefined) {
    const kind = readAgain(forged, link, tunnels)
    demand(kind === Kind.tcp4 || kind === Kind.tcp6, `a forged segment is of kind ${kind}`)
    demand(
      answered.seq[0] === 1 && answered.ack[0] === 2 && answered.payload[0] === 4,
      'a forged segment is another',
    )
  }
  const range = payloadRange(template)
  if (range === undefined) return
  demand(
    range.from >= 0 && range.from <= range.to && range.to <= bytes.length,
    `payload ${range.from} to ${range.to}`,
  )
  const other = withPayload(template, bytes.subarray(0, 5))
  if (other === undefined) return
  readAgain(other, link, tunnels)
  demand(answered.payload[0] === Math.min(5, bytes.length), `a payload of 5 is one of ${answered.payload[0]}`)
}

function refused<T>(codes: readonly string[], make: () => T): T | undefined {
  try {
    return make()
  } catch (thrown) {
    const problem = errorProblem(thrown, codes)
    demand(problem === undefined, problem ?? '')
    return undefined
  }
}

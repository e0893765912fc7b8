// Writes a capture to measure with: npx tsx bench/generate.ts plain|mixed|text OUT.pcap [packets=1000000] [flows=20000]
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ClassicWriter } from '../harness/capture/writer.ts'
import { Link } from '../harness/model/codes.ts'
import { FlowbreakError, messageOf } from '../harness/support/errors.ts'
import { seededRandom } from '../harness/timeline/random.ts'
import { DatagramConversation } from './traffic/datagram-conversation.ts'
import { endpointsOf } from './traffic/endpoints.ts'
import { FrameForge } from './traffic/forge.ts'
import { PayloadPool } from './traffic/payload.ts'
import { SHORTEST, TcpConversation } from './traffic/tcp-conversation.ts'
import { type Conversation, Wire } from './traffic/wire.ts'

export type CaptureKind = 'plain' | 'mixed' | 'text'

export interface CaptureSize {
  readonly packets?: number
  readonly flows?: number
  readonly seed?: number
}

/** 2026-01-01T00:00:00Z. */
const EPOCH = 1_767_225_600_000_000_000n
/** Conversations under way at one time. */
const CONCURRENT = 1024

/**
 * Writes exactly `packets` frames of `flows` conversations that take turns: `plain` is TCP over IPv4 without a fault, `text` the same with
 * words for payload; `mixed`
 * has 10 % IPv6, 10 % VLAN, 8 % UDP, 4 % UDP in fragments, 3 % ICMP, and 5 % anomalies (out of window, wrong acknowledgement,
 * stray RST and FIN, conversations whose opening is missing). Equal arguments give equal bytes. Memory does not grow with
 * the size. Throws ERR_GENERATE for sizes that cannot be, ERR_CAPTURE_WRITE.
 */
export function generateCapture(kind: CaptureKind, path: string, size: CaptureSize = {}): void {
  const { packets = 1_000_000, flows = 20_000, seed = 1 } = size
  if (!Number.isInteger(packets) || !Number.isInteger(flows) || flows < 1 || packets < flows * SHORTEST)
    throw new FlowbreakError(
      'ERR_GENERATE',
      `${packets} packets in ${flows} flows cannot be: give whole numbers, at least ${SHORTEST} packets a flow.`,
    )
  const random = seededRandom(seed)
  using writer = new ClassicWriter(path, Link.ethernet, EPOCH)
  const wire = new Wire(writer, random)
  const open = conversations(kind, packets, flows, random)
  const active: Conversation[] = []
  for (let i = 0; i < Math.min(CONCURRENT, flows); i++) active.push(open())
  let opened = active.length
  while (active.length > 0) {
    const at = random() % active.length
    const conversation = active[at]
    conversation?.step(wire)
    if (conversation !== undefined && conversation.left > 0) continue
    const last = active.pop()
    if (opened < flows) {
      active.push(open())
      opened++
    }
    if (last !== undefined && last !== conversation) active[at] = last
  }
  writer.close()
}

/** Opens one conversation after another; their frames add up to `packets` when `flows` were opened. */
function conversations(
  kind: CaptureKind,
  packets: number,
  flows: number,
  random: () => number,
): () => Conversation {
  const pool = new PayloadPool(random, kind === 'text')
  const forge = new FrameForge(pool)
  let opened = 0
  let lent = 0
  return () => {
    const index = opened++
    const even = Math.floor(((index + 1) * packets) / flows) - Math.floor((index * packets) / flows)
    // One of two neighbours gets what the other goes short of, so that flows differ in length and the sum stays.
    if (index % 2 === 1) lent = -lent
    else lent = opened < flows ? random() % (even - SHORTEST + 1) : 0
    const frames = even - lent
    return kind === 'mixed' ? mixed(index, frames) : plain(index, frames)
  }

  function plain(index: number, frames: number): Conversation {
    const faults = { midstream: false, perMille: 0 }
    return new TcpConversation(forge, pool, endpointsOf(index, false, 0), frames, faults, random)
  }

  function mixed(index: number, frames: number): Conversation {
    const ipv6 = random() % 100 < 10
    const vlan = random() % 100 < 10 ? 100 + (index % 8) : 0
    const ends = endpointsOf(index, ipv6, vlan)
    const share = random() % 100
    if (share < 3) return new DatagramConversation(forge, pool, ends, frames, 'echo')
    if (share < 7) return new DatagramConversation(forge, pool, ends, frames, 'long-udp')
    if (share < 15) return new DatagramConversation(forge, pool, ends, frames, 'udp')
    const faults = { midstream: share === 99, perMille: 50 }
    return new TcpConversation(forge, pool, ends, frames, faults, random)
  }
}

function main([kind, path, packets, flows]: readonly string[]): void {
  if ((kind !== 'plain' && kind !== 'mixed' && kind !== 'text') || path === undefined)
    throw new FlowbreakError(
      'ERR_USAGE',
      'Write: bench/generate.ts plain|mixed|text OUT.pcap [packets=1000000] [flows=20000]',
    )
  generateCapture(kind, path, {
    ...(packets === undefined ? {} : { packets: Number(packets) }),
    ...(flows === undefined ? {} : { flows: Number(flows) }),
  })
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    main(process.argv.slice(2))
  } catch (thrown) {
    console.error(messageOf(thrown))
    process.exitCode = thrown instanceof FlowbreakError ? thrown.exitCode : 1
  }
}

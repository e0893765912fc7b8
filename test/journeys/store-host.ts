// One firewall as a process: a packet a line of JSON on standard input, what became of it on standard output. Its sessions reach
// other such processes by nothing but the Redis that it is told of.
import { createInterface } from 'node:readline'
import { Engine } from '../../harness/engine/engine.ts'
import { PacketBatch } from '../../harness/model/batch.ts'
import { nameOf, Verdict } from '../../harness/model/codes.ts'
import { getProfile } from '../../harness/profile/index.ts'
import { openSharing } from '../../harness/sharing/sharing.ts'
import { decodeBatch } from '../../harness/wire/decode.ts'

/** A packet as it is sent to the process: which flow it is of, and which way it goes, was found out by whoever sends it. */
export interface SentPacket {
  readonly frame: string
  readonly link: number
  readonly time: number
  readonly flow: number
  readonly direction: number
}

const [endpoint = '', group = ''] = process.argv.slice(2)
const sharing = await openSharing({ kind: 'store', endpoint, group, lag: 0, latency: 0, timeout: 1 })
const engine = new Engine({
  profile: getProfile('panos'),
  policy: { exception: 'drop', ruleOrder: 'action', defaultActions: [] },
  rules: [],
  hosts: 1,
  sharing: sharing.make,
})

for await (const line of createInterface({ input: process.stdin })) {
  const sent: SentPacket = JSON.parse(line)
  const frame = Buffer.from(sent.frame, 'base64')
  const batch = new PacketBatch(1, frame.length)
  batch.bytes.set(frame)
  batch.count = 1
  batch.captured[0] = frame.length
  batch.original[0] = frame.length
  batch.link[0] = sent.link
  batch.time[0] = sent.time
  decodeBatch(batch)
  batch.flow[0] = sent.flow
  batch.direction[0] = sent.direction
  while (engine.decide(batch, 0, 1) < 1) await engine.pending
  // A firewall that others may take over from at once: what it changed is written before it says so.
  await engine.pending
  const [part] = batch.parts.map((each) => each.part)
  process.stdout.write(`${JSON.stringify({ verdict: nameOf(Verdict, batch.verdict[0] ?? 0), part })}\n`)
}

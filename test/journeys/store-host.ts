// One firewall as a process: a packet a line of JSON on standard input, what became of it on standard output. Its sessions reach
// other such processes by nothing but the Redis that it is told of.
import { createInterface } from 'node:readline'
import { Engine } from '../../harness/engine/engine.ts'
import { nameOf, Verdict } from '../../harness/model/codes.ts'
import { getProfile } from '../../harness/profile/index.ts'
import { openSharing } from '../../harness/sharing/sharing.ts'
import { batchOf } from './sent-packet.ts'

/** What became of a packet. */
export interface Decided {
  readonly verdict: string
  readonly part?: string | undefined
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
  const batch = batchOf(JSON.parse(line))
  while (engine.decide(batch, 0, 1) < 1) await engine.pending
  // A firewall that others may take over from at once: what it changed is written before it says so.
  await engine.pending
  const [part] = batch.parts.map((each) => each.part)
  const decided: Decided = { verdict: nameOf(Verdict, batch.verdict[0] ?? 0), part }
  process.stdout.write(`${JSON.stringify(decided)}\n`)
}

// One firewall of a pair as a process: a packet or an event a line of JSON on standard input, what became of it on standard output.
// Its sessions reach the other process by nothing but a TCP connection between the two.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { Engine } from '../../harness/engine/engine.ts'
import { nameOf, Reason, Verdict } from '../../harness/model/codes.ts'
import type { Setup } from '../../harness/model/setup.ts'
import type { HostEvent } from '../../harness/model/timeline.ts'
import { profileOf } from '../../harness/profile/index.ts'
import { makeSync } from '../../harness/sharing/sync/sync.ts'
import { batchOf, type SentPacket } from './sent-packet.ts'
import { Link, LinkedReceiver } from './sync-link.ts'

/** What the process is started with. */
export interface HostStart {
  readonly setup: Setup
  /** Which host of the pair it is. */
  readonly host: number
  /** Where the other one listens; absent: this one does, and tells where. */
  readonly port?: number | undefined
}

/** A packet comes to the host, or something happens. */
export type SyncQuestion = SentPacket | { readonly event: HostEvent; readonly at: number }

/** What became of a packet; empty: it was no packet. */
export interface SyncAnswer {
  readonly decided?: string
}

function say(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`)
}

async function join(port: number | undefined) {
  if (port !== undefined) {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return socket
  }
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  say({ port: (server.address() as AddressInfo).port })
  const [socket] = await once(server, 'connection')
  server.close()
  return socket
}

const questions = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
// Whoever asks is gone.
process.stdin.once('end', () => process.exit())

const { setup, host, port }: HostStart = JSON.parse(process.argv[2] ?? '')
const { sharing } = setup.topology
if (sharing.kind !== 'sync') throw new Error('another sharing')
const link = new Link(await join(port))
const engine = new Engine({
  profile: profileOf(setup),
  policy: setup.policy,
  rules: setup.rules,
  hosts: 2,
  sharing: makeSync(sharing, (tables) => new LinkedReceiver(tables, sharing, host, link)),
})

for await (const line of questions) {
  const question: SyncQuestion = JSON.parse(line)
  const answer: { decided?: string } = {}
  if ('event' in question) engine.apply(question.event, question.at)
  else {
    const batch = batchOf(question)
    batch.host[0] = host
    engine.decide(batch, 0, 1)
    answer.decided = `${nameOf(Verdict, batch.verdict[0] ?? 0)} ${nameOf(Reason, batch.reason[0] ?? 0)}`
  }
  // The other one has what it was told before this one says so.
  await link.acknowledged()
  say(answer satisfies SyncAnswer)
}

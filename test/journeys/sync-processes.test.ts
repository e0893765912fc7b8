import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { build } from 'esbuild'
import { nameOf, Reason, Verdict } from '../../harness/model/codes.ts'
import type { Setup } from '../../harness/model/setup.ts'
import { replayCapture } from '../../harness/run/replay.ts'
import { parseInjections } from '../../harness/suite/injection-text.ts'
import { makeSetup } from '../../harness/suite/setup.ts'
import { ReferenceTarget } from '../../harness/target/reference/reference.ts'
import { ROOT } from './command.ts'
import { HostProcess } from './host-process.ts'
import { type SentPacket, sentPacket } from './sent-packet.ts'
import type { HostStart, SyncAnswer, SyncQuestion } from './sync-host.ts'

/** A packet as the load balancer gave it to a host, and what that one engine of both hosts made of it. */
interface Decided {
  readonly sent: SentPacket
  readonly host: number
  readonly decided: string
}

async function inProcess(setup: Setup, capture: string, swapAt: number): Promise<Decided[]> {
  const all: Decided[] = []
  await replayCapture({
    capture: `${ROOT}captures/${capture}.pcap`,
    target: new ReferenceTarget('test'),
    setup,
    injections: parseInjections([`host-swap@${swapAt}:crash`]),
    flow: undefined,
    endpoints: 'recorded',
    seed: 1,
    signal: new AbortController().signal,
    observe: ({ packets, by }) => {
      for (let i = 0; i < packets.count; i++)
        all.push({
          sent: sentPacket(packets, i),
          host: by[i] ?? -1,
          decided: `${nameOf(Verdict, packets.verdict[i] ?? 0)} ${nameOf(Reason, packets.reason[i] ?? 0)}`,
        })
    },
  })
  return all
}

/** The same packets through a process for each host; the first is killed where the load balancer goes on at the second. */
async function asProcesses(script: string, setup: Setup, packets: readonly Decided[]): Promise<string[]> {
  const start = (host: number, port?: number) =>
    new HostProcess([script, JSON.stringify({ setup, host, port } satisfies HostStart)])
  const hosts = [start(1)]
  const [second] = hosts as [HostProcess]
  const ask = (host: HostProcess, question: SyncQuestion) => host.ask<SyncAnswer>(question)
  try {
    const { port } = await second.hear<{ port: number }>()
    const first = start(0, port)
    hosts.push(first)
    const verdicts: string[] = []
    const swap = packets.findIndex(({ host }) => host === 1)
    for (const [i, { sent }] of packets.entries()) {
      if (i === swap) {
        // Time passes, so that what is due by now has been sent; what is not dies with the process.
        await ask(first, { event: { kind: 'flush' }, at: sent.time })
        await first.kill()
        await ask(second, { event: { kind: 'crash', host: 0, flow: -1 }, at: sent.time })
      }
      const { decided } = await ask(i < swap ? first : second, sent)
      verdicts.push(decided ?? 'nothing')
    }
    return verdicts
  } finally {
    await Promise.all(hosts.map((host) => host.kill()))
  }
}

const WAYS = {
  'linux-conntrack': 'way=conntrackd',
  pf: 'way=pfsync',
  fortinet: 'way=fgsp,connectionless=true',
} as const

/** An answer of UDP passes where its session is known. */
const RULES = [
  'drop udp any any -> any any (flow:not_established; sid:1;)',
  'pass udp any any -> any 7007 (sid:2;)',
]

describe('firewalls as processes that stream sessions to each other', () => {
  let folder = ''
  let script = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flowbreak-'))
    script = join(folder, 'host.mjs')
    // A process a host and case: bundled, so that each is up at once.
    await build({
      entryPoints: [fileURLToPath(new URL('sync-host.ts', import.meta.url))],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: script,
    })
  })
  after(() => rm(folder, { recursive: true, force: true }))

  for (const [capture, swapAt, shorter, longer] of [
    ['echo-ladder-ipv4', 9, '300ms', '1s'],
    ['echo-ladder-ipv6', 2, '10us', '1s'],
    ['http-get-ipv6', 6, '100us', '1ms'],
    ['udp-ladder-ipv4', 4, '0s', '1s'],
  ] as const)
    for (const [profile, keys] of Object.entries(WAYS))
      it(`the second decides as in one process when the first is killed: ${capture}, ${keys}`, async () => {
        const afterSwap = async (lag: string) => {
          const setup = makeSetup({ profile, sharing: `sync:${keys},lag=${lag}`, rules: RULES })
          const packets = await inProcess(setup, capture, swapAt)
          const verdicts = await asProcesses(script, setup, packets)
          expect(verdicts).to.deep.equal(packets.map(({ decided }) => decided))
          return verdicts[swapAt - 1]
        }
        const [told, lost] = await Promise.all([afterSwap(shorter), afterSwap(longer)])
        expect(told).to.equal('forward none')
        // What the first had not sent yet died with it.
        expect(lost).to.match(/^drop /)
      })
})

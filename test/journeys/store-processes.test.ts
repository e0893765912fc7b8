import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { nameOf, Verdict } from '../../harness/model/codes.ts'
import { replayCapture } from '../../harness/run/replay.ts'
import { PASSWORD_VARIABLE } from '../../harness/sharing/store/open-store.ts'
import { missingPrograms } from '../../harness/sharing/store/programs.ts'
import { type RedisServer, startRedis } from '../../harness/sharing/store/redis-server.ts'
import { parseInjections } from '../../harness/suite/injection-text.ts'
import { makeSetup } from '../../harness/suite/setup.ts'
import { ReferenceTarget } from '../../harness/target/reference/reference.ts'
import { loadRecorded } from '../../harness/timeline/recorded.ts'
import { ROOT } from './command.ts'
import { HostProcess } from './host-process.ts'
import { sentPacket } from './sent-packet.ts'
import type { Decided } from './store-host.ts'

const SCRIPT = fileURLToPath(new URL('store-host.ts', import.meta.url))

/** A firewall in a process of its own, which reaches the Redis. */
function startHost(redis: RedisServer, group: string): HostProcess {
  const { host, port, password } = redis.address
  return new HostProcess(['--import', 'tsx', SCRIPT, `${host}:${port}`, group], {
    [PASSWORD_VARIABLE]: password,
    NODE_EXTRA_CA_CERTS: join(redis.folder, 'cert.pem'),
  })
}

/** What one engine makes of it, of two hosts that share by the store. */
async function inProcess(capture: string, swapAt: number): Promise<string[]> {
  const verdicts: string[] = []
  await replayCapture({
    capture,
    target: new ReferenceTarget('test'),
    setup: makeSetup({ profile: 'panos', sharing: 'store' }),
    injections: parseInjections([`host-swap@${swapAt}:crash`]),
    flow: undefined,
    endpoints: 'recorded',
    seed: 1,
    signal: new AbortController().signal,
    observe: ({ packets }) => {
      for (let i = 0; i < packets.count; i++) verdicts.push(nameOf(Verdict, packets.verdict[i] ?? 0))
    },
  })
  return verdicts
}

describe('firewalls as processes that share by a Redis', () => {
  let redis: RedisServer
  before(async function () {
    if (missingPrograms().length > 0) this.skip()
    redis = await startRedis()
  })
  after(() => redis?.stop())

  for (const [name, swapAt] of [
    ['echo-ladder-ipv4', 12],
    ['postgres-idle-ipv6', 9],
    ['udp-ladder-ipv4', 4],
  ] as const)
    it(`the second decides as in one process when the first is killed: ${name}`, async () => {
      const capture = `${ROOT}captures/${name}.pcap`
      const { batch } = await loadRecorded(capture)
      const group = name.replaceAll(/[^a-z0-9]/g, '').slice(-8)
      const [first, second] = [startHost(redis, group), startHost(redis, group)]
      const verdicts: string[] = []
      const parts: (string | undefined)[] = []
      try {
        for (let i = 0; i < batch.count; i++) {
          if (i === swapAt - 1) await first.kill()
          const { verdict, part } = await (i < swapAt - 1 ? first : second).ask<Decided>(sentPacket(batch, i))
          verdicts.push(verdict)
          if (i === swapAt - 1) parts.push(part)
        }
      } finally {
        await Promise.all([first.kill(), second.kill()])
      }
      expect(verdicts).to.deep.equal(await inProcess(capture, swapAt))
      expect(new Set(verdicts)).to.deep.equal(new Set(['forward']))
      expect(parts).to.deep.equal(['pulled from the store'])
    })
})

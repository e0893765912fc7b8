import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
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
import type { SentPacket } from './store-host.ts'

const SCRIPT = fileURLToPath(new URL('store-host.ts', import.meta.url))

/** A firewall in a process of its own. */
class HostProcess {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>

  constructor(redis: RedisServer, group: string) {
    const { host, port, password } = redis.address
    const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, `${host}:${port}`, group], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        ...process.env,
        [PASSWORD_VARIABLE]: password,
        NODE_EXTRA_CA_CERTS: join(redis.folder, 'cert.pem'),
      },
    })
    this.#child = child
    const lines: Interface = createInterface({ input: child.stdout })
    this.#lines = lines[Symbol.asyncIterator]()
  }

  async decide(sent: SentPacket): Promise<{ readonly verdict: string; readonly part?: string }> {
    this.#child.stdin?.write(`${JSON.stringify(sent)}\n`)
    const { value } = await this.#lines.next()
    return JSON.parse(String(value))
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }
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

describe('firewalls as processes that share by a Redis', function () {
  this.timeout(120_000)
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
      const [first, second] = [new HostProcess(redis, group), new HostProcess(redis, group)]
      const verdicts: string[] = []
      const parts: (string | undefined)[] = []
      try {
        for (let i = 0; i < batch.count; i++) {
          if (i === swapAt - 1) await first.kill()
          const { verdict, part } = await (i < swapAt - 1 ? first : second).decide({
            frame: Buffer.from(batch.copyFrame(i)).toString('base64'),
            link: batch.link[i] ?? 0,
            time: batch.time[i] ?? 0,
            flow: batch.flow[i] ?? -1,
            direction: batch.direction[i] ?? 0,
          })
          verdicts.push(verdict)
          if (i === swapAt - 1) parts.push(part)
        }
      } finally {
        await second.kill()
      }
      expect(verdicts).to.deep.equal(await inProcess(capture, swapAt))
      expect(new Set(verdicts)).to.deep.equal(new Set(['forward']))
      expect(parts).to.deep.equal(['pulled from the store'])
    })
})

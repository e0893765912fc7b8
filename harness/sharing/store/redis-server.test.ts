import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { isAlive } from '../../support/scratch.ts'
import { missingPrograms } from './programs.ts'
import { startRedis } from './redis-server.ts'

const LIMIT_MS = 20_000

/** Waits until it is so; fails after a time in which it would long be. */
async function until(isSo: () => boolean): Promise<void> {
  for (const limit = performance.now() + LIMIT_MS; !isSo(); await sleep(20))
    if (performance.now() > limit) throw new Error('it did not become so')
}

/** A process that starts a Redis, says where, and stays. */
const STARTER = `
import { startRedis } from ${JSON.stringify(import.meta.resolve('./redis-server.ts'))}
const { pid, folder } = await startRedis()
console.log(JSON.stringify({ pid, folder }))
setInterval(() => {}, 1000)
`

describe('sharing/store: the server', () => {
  let temporary = ''
  const starters: ChildProcess[] = []
  before(function () {
    if (missingPrograms().length > 0) this.skip()
    temporary = realpathSync(mkdtempSync(join(tmpdir(), 'flowbreak-test-')))
  })
  afterEach(() => {
    for (const starter of starters.splice(0)) starter.kill('SIGKILL')
  })
  after(() => rmSync(temporary, { recursive: true, force: true }))

  async function another(): Promise<{ child: ChildProcess; pid: number; folder: string }> {
    const args = ['--import', 'tsx', '--input-type=module', '--eval', STARTER]
    const env = { ...process.env, TMPDIR: temporary }
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env })
    starters.push(child)
    const [line] = await once(child.stdout, 'data')
    return { child, ...JSON.parse(String(line)) }
  }

  it('ends, and leaves nothing, when it is stopped', async () => {
    const redis = await startRedis()
    expect([redis.isAlive, isAlive(redis.pid)]).to.deep.equal([true, true])
    await redis.stop()
    expect([redis.isAlive, isAlive(redis.pid)]).to.deep.equal([false, false])
    expect(existsSync(redis.folder)).to.equal(false)
  })

  it('runs as the user who called through sudo', async () => {
    const { SUDO_UID, SUDO_GID } = process.env
    Object.assign(process.env, { SUDO_UID: '65534', SUDO_GID: '65534' })
    try {
      const redis = await startRedis()
      const [, uid] = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${redis.pid}/status`, 'utf8')) ?? []
      expect(Number(uid)).to.equal(process.geteuid?.() === 0 ? 65_534 : process.geteuid?.())
      await redis.stop()
      expect(existsSync(redis.folder)).to.equal(false)
    } finally {
      for (const [name, value] of Object.entries({ SUDO_UID, SUDO_GID }))
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
    }
  })

  it('leaves nothing when it is killed itself', async () => {
    const redis = await startRedis()
    process.kill(redis.pid, 'SIGKILL')
    await until(() => !redis.isAlive && !existsSync(redis.folder))
    await redis.stop()
  })

  it('ends, and leaves nothing, when the process that started it is killed', async () => {
    const { child, pid, folder } = await another()
    expect(isAlive(pid)).to.equal(true)
    child.kill('SIGKILL')
    await until(() => !isAlive(pid) && !existsSync(folder))
  })

  it('is found and removed by the next where all that would have ended it was killed', async () => {
    const lost = await another()
    const guard = Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${lost.pid}/status`, 'utf8'))?.[1])
    expect(guard).to.be.greaterThan(1).and.not.equal(lost.child.pid)
    process.kill(guard, 'SIGKILL')
    lost.child.kill('SIGKILL')
    await once(lost.child, 'exit')
    expect([isAlive(lost.pid), existsSync(lost.folder)]).to.deep.equal([true, true])
    const next = await another()
    await until(() => !isAlive(lost.pid) && !existsSync(lost.folder))
    next.child.kill('SIGKILL')
    await until(() => !isAlive(next.pid) && !existsSync(next.folder))
  })
})

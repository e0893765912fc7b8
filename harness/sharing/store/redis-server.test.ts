import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { FOLDER_PREFIX, PID_FILE, removeLeftovers } from './leftovers.ts'
import { missingPrograms } from './programs.ts'
import { startRedis } from './redis-server.ts'

const LIMIT_MS = 20_000

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

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
  before(function () {
    if (missingPrograms().length > 0) this.skip()
  })

  it('ends, and leaves nothing, when it is stopped', async () => {
    const redis = await startRedis()
    expect(isAlive(redis.pid)).to.equal(true)
    await redis.stop()
    expect(isAlive(redis.pid)).to.equal(false)
    expect(existsSync(redis.folder)).to.equal(false)
  })

  it('ends, and leaves nothing, when the process that started it is killed', async () => {
    const starter = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', STARTER], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(starter.stdout, 'data')
    const { pid, folder } = JSON.parse(String(line))
    expect(isAlive(pid)).to.equal(true)
    starter.kill('SIGKILL')
    await until(() => !isAlive(pid) && !existsSync(folder))
  })

  it('is found and removed by the next where all that would have ended it was killed', async () => {
    const parent = mkdtempSync(join(tmpdir(), 'leftovers-'))
    try {
      const child = spawn('sleep', ['100'], { cwd: parent, stdio: 'ignore' })
      await once(child, 'spawn')
      const ended = spawn('true', { stdio: 'ignore' })
      await once(ended, 'exit')
      const folder = join(parent, `${FOLDER_PREFIX}${ended.pid}-abc`)
      const running = join(parent, `${FOLDER_PREFIX}${process.pid}-abc`)
      for (const each of [folder, running]) {
        mkdirSync(each)
        writeFileSync(join(each, PID_FILE), String(child.pid))
      }
      // Its number has gone to another process, which runs elsewhere.
      removeLeftovers(parent)
      expect(isAlive(child.pid ?? 0)).to.equal(true)
      expect(readdirSync(parent)).to.deep.equal([`${FOLDER_PREFIX}${process.pid}-abc`])
      mkdirSync(folder)
      const server = spawn('sleep', ['100'], { cwd: folder, stdio: 'ignore' })
      await once(server, 'spawn')
      writeFileSync(join(folder, PID_FILE), String(server.pid))
      const gone = once(server, 'exit')
      removeLeftovers(parent)
      await gone
      expect(existsSync(folder)).to.equal(false)
      child.kill()
    } finally {
      rmSync(parent, { recursive: true, force: true })
    }
  })
})

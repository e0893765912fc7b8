import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { makeScratch } from './scratch.ts'

const SCRATCH = fileURLToPath(new URL('scratch.ts', import.meta.url))
/** Says where its folder is; one that stays also starts something there, and then waits to be killed. */
const program = (stays: boolean) => `
import { spawn } from 'node:child_process'
import { makeScratch } from '${SCRATCH}'
const cwd = makeScratch('test')
const pid = ${stays} ? spawn('sleep', ['600'], { cwd, detached: true, stdio: 'ignore' }).pid : 0
console.log(cwd + ' ' + pid)
${stays ? 'setInterval(() => {}, 1000)' : ''}
`
/** Has no descriptor left for the first folder and for the last one, which only its end is to remove. */
const WANTING = `
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeScratch, removeScratch } from '${SCRATCH}'
const [first, last] = [makeScratch('test'), makeScratch('test')]
for (const folder of [first, last]) writeFileSync(join(folder, 'file'), '')
const told = []
const tell = (folder) => told.push(existsSync(folder) ? 'there' : 'gone')
const want = (folder) => {
  const opened = []
  try { for (;;) opened.push(openSync('/dev/null')) } catch {}
  removeScratch(folder)
  for (const each of opened) closeSync(each)
  tell(folder)
}
want(first)
removeScratch(makeScratch('test'))
tell(first)
want(last)
console.log(told.join(' '))
`
const argsOf = (stays: boolean) => ['--import', 'tsx', '--input-type=module', '-e', program(stays)]

describe('support: scratch', () => {
  let folder = ''
  const children: ChildProcess[] = []
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'flowbreak-test-')))
  })
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
    rmSync(folder, { recursive: true })
  })
  const environment = () => ({ env: { ...process.env, TMPDIR: folder } })

  async function stay() {
    const child = spawn(process.execPath, argsOf(true), environment())
    children.push(child)
    const [said] = await once(child.stdout, 'data')
    const [scratch = '', pid = ''] = String(said).trim().split(' ')
    return { child, scratch, isRunning: () => existsSync(`/proc/${pid}/cwd`) }
  }
  const another = () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, argsOf(false), {
      ...environment(),
      encoding: 'utf8',
    })
    expect(status, stderr).to.equal(0)
    return stdout.split(' ')[0] ?? ''
  }

  it('removes what a process that was killed left, with what still ran there, and nothing of one that lives', async () => {
    const killed = await stay()
    const living = await stay()
    expect([killed.isRunning(), living.isRunning()]).to.deep.equal([true, true])
    killed.child.kill('SIGKILL')
    await once(killed.child, 'exit')
    const next = another()
    const found = readdirSync(folder).filter((name) => name.startsWith('flowbreak-'))
    expect(found.sort()).to.deep.equal([basename(living.scratch), basename(next)].sort())
    for (let wait = 0; killed.isRunning() && wait < 500; wait++)
      await new Promise((resolve) => setTimeout(resolve, 10))
    expect([killed.isRunning(), living.isRunning()]).to.deep.equal([false, true])
    living.child.kill('SIGKILL')
    await once(living.child, 'exit')
    another()
    for (let wait = 0; living.isRunning() && wait < 500; wait++)
      await new Promise((resolve) => setTimeout(resolve, 10))
    expect(living.isRunning()).to.equal(false)
  })
  it('looks for leftovers in each place where such folders are made', () => {
    const [one, other] = [join(folder, 'one'), join(folder, 'other')]
    mkdirSync(one)
    mkdirSync(other)
    const made = makeScratch('test', one)
    // No process has such a number.
    const left = basename(made).replace(`-${process.pid}-`, '-99999999-')
    mkdirSync(join(other, left))
    makeScratch('test', one)
    expect(readdirSync(other)).to.deep.equal([left])
    const next = makeScratch('test', other)
    expect(readdirSync(other)).to.deep.equal([basename(next)])
  })
  it('removes once it can what it cannot remove for want of file descriptors', () => {
    const { stdout, stderr } = spawnSync(
      'sh',
      [
        '-c',
        'ulimit -n 128; exec "$@"',
        'sh',
        process.execPath,
        '--import',
        'tsx',
        '--input-type=module',
        '-e',
        WANTING,
      ],
      { ...environment(), encoding: 'utf8' },
    )
    expect(stdout, stderr).to.equal('there gone there\n')
    expect(readdirSync(folder).filter((name) => name.startsWith('flowbreak-'))).to.deep.equal([])
  })
})

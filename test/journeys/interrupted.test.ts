import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect } from 'chai'
import { flowbreak, MAIN, ROOT } from './command.ts'
import { hasTerminal } from './terminal.ts'

const LADDER = 'captures/echo-ladder-ipv4.pcap'
const INTERRUPTED = 'flowbreak: Interrupted. (ERR_INTERRUPTED)\n'
/** For a machine that is busy with other tests. */
const PATIENCE = 30_000

/** Waits until a process of that id has opened a file to which `matches` applies, besides its standard ones. */
async function opened(pid: number, matches: (file: string) => boolean): Promise<void> {
  for (const until = Date.now() + PATIENCE; ; await setTimeout(10)) {
    const files = readdirSync(`/proc/${pid}/fd`).filter((fd) => Number(fd) > 2)
    const paths = files.map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`)
      } catch {
        return ''
      }
    })
    if (paths.some(matches)) return
    if (Date.now() > until) throw new Error(`Process ${pid} opened only ${paths.join(', ')}.`)
  }
}

/** What a file holds once a line has been written into it. */
async function written(file: string): Promise<string> {
  for (const until = Date.now() + PATIENCE; Date.now() < until; await setTimeout(10))
    if (existsSync(file) && readFileSync(file, 'utf8').endsWith('\n')) return readFileSync(file, 'utf8')
  throw new Error(`Nothing was written into ${file}.`)
}

describe('journeys: interrupted while it waits', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const pipeIn = () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    return pipe
  }
  const ending = (child: ChildProcess) => {
    let said = ''
    child.stderr?.on('data', (text) => {
      said += text
    })
    const ended = once(child, 'close')
    const status = () => Promise.race([ended, setTimeout(PATIENCE, 'it still waits', { ref: false })])
    return { status, said: () => said }
  }

  for (const verb of [['replay'], ['capture', 'info']])
    for (const isWritten of [false, true])
      it(`${verb.join(' ')}: a named pipe ${isWritten ? 'that stays open' : 'that nobody writes'}: one Ctrl-C is enough`, async () => {
        const pipe = pipeIn()
        // Reading and writing at once, it is opened without waiting for the other end.
        const writer = isWritten ? openSync(pipe, 'r+') : undefined
        const child = spawn(process.execPath, [MAIN, ...verb, pipe], {
          cwd: ROOT,
          stdio: ['ignore', 'ignore', 'pipe'],
        })
        try {
          if (writer !== undefined) writeSync(writer, readFileSync(join(ROOT, LADDER)).subarray(0, 1000))
          const { status, said } = ending(child)
          await opened(child.pid ?? 0, (file) => file === pipe)
          child.kill('SIGINT')
          expect(await status()).to.deep.equal([130, null])
          expect(said()).to.equal(INTERRUPTED)
        } finally {
          child.kill('SIGKILL')
          if (writer !== undefined) closeSync(writer)
        }
      })

  it('refuses injections in a named pipe, which would be read twice', () => {
    const { status, stderr } = flowbreak(['replay', pipeIn(), '--inject', 'host-swap@12'])
    expect(stderr).to.match(/^flowbreak: Injections need the whole capture .*\(ERR_INJECTION_PIPE\)\n$/)
    expect(status).to.equal(2)
  })

  it('ends with 130 when the terminal is closed from which it reads', async function () {
    if (!hasTerminal()) this.skip()
    const [pid, code] = [join(folder, 'pid'), join(folder, 'code')]
    const replay = `echo $$ > ${pid}; exec ${process.execPath} ${MAIN} replay - --quiet`
    // The outer shell outlives the terminal; a signal that it catches is as usual for what it starts.
    const command = `trap : HUP; sh -c '${replay}'; echo $? > ${code}`
    const terminal = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: ROOT,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { ...process.env, SHELL: '/bin/sh' },
    })
    try {
      const reader = Number(await written(pid))
      await opened(reader, (file) => file.startsWith('/dev/pts/'))
      terminal.kill('SIGKILL')
      expect(await written(code)).to.equal('130\n')
    } finally {
      terminal.kill('SIGKILL')
    }
  })
})

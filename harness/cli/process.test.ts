import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'

/** The arguments of Node for a process whose command line is run by a function, of which the text is given. */
function argumentsFor(main: string): readonly string[] {
  const [own, output] = ['./process.ts', './output.ts'].map((file) =>
    JSON.stringify(new URL(file, import.meta.url).href),
  )
  const program = `import { runProcess } from ${own}
    import { print } from ${output}
    void runProcess(${main}, process.stdout)`
  return ['--import', 'tsx', '--input-type=module', '--eval', program]
}

function exitCodeOf(main: string): number | null {
  return spawnSync(process.execPath, argumentsFor(main)).status
}

/** The same, with a standard output that takes nothing. */
function withoutRoom(main: string): { readonly status: number | null; readonly said: string } {
  const full = openSync('/dev/full', 'w')
  const { status, stderr } = spawnSync(process.execPath, argumentsFor(main), {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  })
  closeSync(full)
  return { status, said: stderr }
}

/** The same, with a standard output of which the reader has gone before anything is written. */
async function withoutReader(main: string): Promise<{ readonly status: number; readonly said: string }> {
  const child = spawn(process.execPath, argumentsFor(main), { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  const [[status], said] = await Promise.all([once(child, 'close'), text(child.stderr)])
  return { status, said }
}

describe('runProcess', () => {
  it('ends with what the command line comes to, or throws', () => {
    expect(exitCodeOf('async () => 1')).to.equal(1)
    expect(exitCodeOf('async () => { throw new Error("for a test") }')).to.equal(3)
  })

  it('does not pass for done where nothing is left to wait for before it is, or something ends the process', () => {
    const never = 'new Promise(() => undefined)'
    for (const main of [
      `() => ${never}`,
      `() => { process.exit(0); return ${never} }`,
      `async () => { process.exit(1) }`,
    ]) {
      const { status, stderr } = spawnSync(process.execPath, argumentsFor(main), { encoding: 'utf8' })
      expect(status, main).to.equal(3)
      expect(stderr, main).to.match(/^flowbreak: This process ended before it was done: .* \(ERR_ENDED\)$/m)
    }
  })

  it('says in a sentence what throws where nobody catches it, and only in --debug where', () => {
    const never = 'new Promise(() => undefined)'
    for (const main of [
      `() => { setTimeout(() => { throw new Error('for a test') }); return ${never} }`,
      `() => { Promise.reject(new Error('for a test')); return ${never} }`,
    ]) {
      const { status, stderr } = spawnSync(process.execPath, argumentsFor(main), { encoding: 'utf8' })
      expect(status, main).to.equal(3)
      expect(stderr, main).to.match(/^flowbreak: Something threw .*\(for a test\).* \(ERR_UNCAUGHT\)\n$/)
      const debugged = spawnSync(process.execPath, [...argumentsFor(main), '--', 'flowbreak', '--debug'], {
        encoding: 'utf8',
      })
      expect(debugged.stderr, main).to.include('Error: for a test\n    at ')
    }
  })

  it('says what goes on after a Ctrl-C that nothing heeds, and ends at once at the second', async () => {
    const main = `() => {
      process.kill(process.pid, 'SIGINT')
      return new Promise(() => setInterval(() => undefined, 1000))
    }`
    const child = spawn(process.execPath, argumentsFor(main), { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (more) => {
      said += more
      child.kill('SIGINT')
    })
    try {
      expect(await once(child, 'close')).to.deep.equal([null, 'SIGINT'])
    } finally {
      child.kill('SIGKILL')
    }
    expect(said).to.equal(
      'flowbreak: Interrupted; waiting for what has begun to end. A second Ctrl-C ends it at once.\n',
    )
  })

  it('lets what is done end the process by itself', () => {
    const program = argumentsFor('async () => 1')
      .join('\0')
      .replace('process.stdout)', 'process.stdout).then(() => process.exit())')
    const { status, stderr } = spawnSync(process.execPath, program.split('\0'), { encoding: 'utf8' })
    expect([status, stderr]).to.deep.equal([1, ''])
  })

  it('ends with what the command line comes to where nobody reads what it prints', async () => {
    for (const write of ['process.stdout.write("a line\\n")', 'print("a line\\n")']) {
      const main = `async () => { ${write}; ${write}; return 1 }`
      expect(await withoutReader(main), write).to.deep.equal({ status: 1, said: '' })
    }
  })

  it('interrupts what goes on when nobody reads it any more, which is no failure', async () => {
    const main = `(args, signal) => new Promise((resolve, reject) => {
      const writing = setInterval(() => process.stdout.write("a line\\n"), 10)
      signal.addEventListener('abort', () => { clearInterval(writing); END })
    })`
    for (const end of ['resolve(130)', 'reject(signal.reason)'])
      expect(await withoutReader(main.replace('END', end)), end).to.deep.equal({ status: 0, said: '' })
  })

  it('says that there is no room for what it prints, and breaks', () => {
    const said =
      'flowbreak: Standard output cannot be written (ENOSPC: no space left on device, write): free space there, or write it elsewhere. (ERR_OUTPUT_WRITE)\n'
    for (const write of ['process.stdout.write("a line\\n")', 'print("a line\\n")'])
      expect(withoutRoom(`async () => { ${write}; return 0 }`), write).to.deep.equal({ status: 3, said })
  })
})

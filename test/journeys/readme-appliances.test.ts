import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { MAIN, ROOT } from './command.ts'

/** The commands of the README that serve two appliances; a line of standard input takes the place of the run. */
function printedCommands(): string {
  const blocks = readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/```sh\n([^`]*)```/g)
  const [block = ''] = [...blocks].flatMap(([, text = '']) => (text.includes('appliance --') ? [text] : []))
  expect(block).to.match(/^npx flowbreak run .*--target lab/m)
  return block
    .replaceAll('node_modules/.bin/flowbreak', `"${process.execPath}" "${MAIN}"`)
    .replaceAll(/127\.0\.0\.\d:6081/g, '127.0.0.1:0')
    .replace(/^npx flowbreak run .*$/m, 'read -r ready')
}

describe('journeys: appliances as in the README', () => {
  let leader: number | undefined
  afterEach(() => endGroup(leader))

  for (const shell of ['sh', 'bash'])
    it(`end with a script of ${shell}`, async () => {
      const commands = printedCommands()
      const script = spawn(shell, ['-c', commands], { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
      leader = script.pid
      const ended = once(script, 'exit')
      let listening = 0
      // Its standard output is closed when the last of its appliances has ended.
      for await (const line of createInterface({ input: script.stdout })) {
        if (line.startsWith('listening on ')) listening++
        if (listening === 2) script.stdin.end('ready\n')
      }
      expect(listening).to.equal(2)
      expect(await ended).to.deep.equal([0, null])
    })
})

/** Ends what is left of a group of processes, if anything is. */
function endGroup(leader: number | undefined): void {
  if (leader === undefined) return
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // Nothing is left.
  }
}

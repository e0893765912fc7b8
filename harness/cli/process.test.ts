import { spawnSync } from 'node:child_process'
import { expect } from 'chai'

/** The exit code of a process whose command line is run by a function, of which the text is given. */
function exitCodeOf(main: string): number | null {
  const program = `import { runProcess } from ${JSON.stringify(new URL('./process.ts', import.meta.url).href)}
    void runProcess(${main})`
  return spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program]).status
}

describe('runProcess', () => {
  it('ends with what the command line comes to, or throws', () => {
    expect(exitCodeOf('async () => 1')).to.equal(1)
    expect(exitCodeOf('async () => { throw new Error("for a test") }')).to.equal(3)
  })

  it('does not pass for done where nothing is left to wait for before it is', () => {
    expect(exitCodeOf('() => new Promise(() => undefined)')).to.equal(3)
  })
})

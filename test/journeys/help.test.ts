import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { VERBS } from '../../harness/cli/verbs.ts'
import { flowbreak, ROOT } from './command.ts'

/** The command as it is without the bundles of its own that some words have. */
function unbundled(args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`${ROOT}dist/cli/main.js`, ...args], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

describe('flowbreak --version', () => {
  it('is that of the package, wherever it is bundled to', () => {
    const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'))
    for (const args of [['--version'], ['-V'], ['--debug', '--version']]) {
      const answer = flowbreak(args)
      expect(answer, args.join(' ')).to.deep.equal({ status: 0, stdout: `${version}\n`, stderr: '' })
      expect(answer).to.deep.equal(unbundled(args))
    }
  })
})

describe('flowbreak --help', () => {
  it('names every command, however it is asked, and is no mistake unless nothing was asked', () => {
    for (const [args, status] of [
      [['--help'], 0],
      [['-h'], 0],
      [['help'], 0],
      [['--debug', '--help'], 0],
      [[], 2],
    ] as const) {
      const answer = flowbreak(args)
      expect(answer, args.join(' ')).to.deep.equal(unbundled(args))
      expect(answer.status, args.join(' ')).to.equal(status)
      expect(answer.stderr).to.equal('')
      for (const [verb, { summary }] of Object.entries(VERBS))
        expect(answer.stdout).to.match(new RegExp(`^ {2}${verb} +${summary}$`, 'm'))
    }
  })

  it('has -o wherever a file or folder of output is named', () => {
    const writing = ['run', 'learn', 'suite new', 'suite schema', 'report merge', 'report bug']
    for (const words of [
      ...writing,
      ...['record', 'import', 'slice', 'anonymise'].map((verb) => `capture ${verb}`),
    ])
      expect(flowbreak([...words.split(' '), '--help']).stdout, words).to.contain('  -o, --output <')
  })

  it('says what every command of a group does, help itself too', () => {
    for (const group of ['capture', 'report', 'suite', 'profile'])
      expect(flowbreak([group, '--help']).stdout, group).to.match(
        /^ {2}help \[command\] +Shows the help of a command\.$/m,
      )
  })

  it('begins with the command as it is typed', () => {
    for (const words of ['run', 'capture', 'capture slice', 'report bug'])
      expect(flowbreak([...words.split(' '), '--help']).stdout).to.match(
        new RegExp(`^Usage: flowbreak ${words} \\[`),
      )
  })
})

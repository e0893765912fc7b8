import { spawnSync } from 'node:child_process'
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
})

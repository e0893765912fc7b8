import { expect } from 'chai'
import { flowbreak } from './command.ts'

/** Exit code 2, one sentence with a code on standard error, no stack, nothing on standard output. */
export function refuses(args: readonly string[], sentence: RegExp): void {
  const { status, stdout, stderr } = flowbreak(args)
  expect(stderr, args.join(' ')).to.match(sentence)
  expect(stderr).not.to.match(/^\s+at /m)
  expect(stderr).to.match(/\(ERR_[A-Z_]+\)\n$/)
  expect(stdout).to.equal('')
  expect(status).to.equal(2)
}

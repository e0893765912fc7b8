import { expect } from 'chai'
import { FlowbreakError } from '../support/errors.ts'
import { newCommand, parsed, repeatable } from './command.ts'

describe('cli/command', () => {
  const command = () =>
    newCommand('play', 'Plays.')
      .option('-o, --output <dir>', 'where')
      .option('--tag <tag>', 'which; may be repeated', repeatable)
      .option('--quiet', 'less')
  const refused = async (...args: string[]) => {
    try {
      await parsed(command(), args)
      return ''
    } catch (thrown) {
      return thrown instanceof FlowbreakError ? `${thrown.code} ${thrown.message}` : `${thrown}`
    }
  }

  it('takes what may be repeated, and what is a matter of yes or no, as often as it is given', async () => {
    const taken = command()
    expect(await parsed(taken, ['--tag', 'a', '--tag', 'b', '--quiet', '--quiet', '-o', 'x'])).to.equal(false)
    expect(taken.opts()).to.deep.equal({ tag: ['a', 'b'], quiet: true, output: 'x' })
  })

  it('refuses a second value of what is taken once, in either spelling', async () => {
    expect(await refused('-o', 'x', '--output', 'y')).to.equal(
      'ERR_USAGE --output is given more than once, and is taken once: see flowbreak play --help.',
    )
    expect(await refused('--output=x')).to.equal('')
  })
})

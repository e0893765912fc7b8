import { expect } from 'chai'
import { FlowbreakError } from '../support/errors.ts'
import { newCommand, parsed, repeatable, wholeNumber } from './command.ts'

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
      'ERR_USAGE --output is given more than once, but may be given only once: see flowbreak play --help.',
    )
    expect(await refused('--output=x')).to.equal('')
  })

  it('names the command of several whose help says more, in one sentence', async () => {
    const sentence = async (...args: string[]) => {
      const group = newCommand('music', 'Music.').addCommand(command().argument('<song>'))
      const thrown: unknown = await parsed(group, args).catch((thrown: unknown) => thrown)
      return thrown instanceof FlowbreakError ? thrown.message : `${thrown}`
    }
    expect(await sentence('play')).to.equal(
      "missing required argument 'song': see flowbreak music play --help.",
    )
    expect(await sentence('play', 'one', 'two')).to.match(
      /^too many arguments for 'play', expected 1 argument but got 2: see flowbreak music play --help\.$/,
    )
    expect(await sentence('pause')).to.match(/^unknown command 'pause'.*: see flowbreak music --help\.$/)
  })

  it('takes whole numbers within bounds', () => {
    const within = wholeNumber('--songs', 1, 12)
    expect(['1', '12'].map(within)).to.deep.equal([1, 12])
    for (const no of ['0', '13', '-1', '1.5', '1e1', '', 'many', '9'.repeat(400)])
      expect(() => within(no), no).to.throw(
        FlowbreakError,
        `--songs takes a whole number from 1 to 12, not ${no}.`,
      )
    expect(() => wholeNumber('--seed', 0)('9007199254740992')).to.throw(/from 0, not 9007199254740992\.$/)
  })
})

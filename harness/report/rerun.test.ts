import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import { rerunCommand, shellWord } from './rerun.ts'

const WITH = { target: 'reference', seed: 7, options: [], ambiguous: false }

describe('rerunCommand', () => {
  it('names the suite, the target, the case and the seed', () => {
    const test = { name: 'core/swap/policy:drop', suite: 'core/swap', file: '/x/suites/core/swap.yaml' }
    expect(rerunCommand(test, WITH)).to.equal(
      'npx flowbreak run core/swap --target reference --grep core/swap/policy:drop --seed 7',
    )
  })

  it('names a suite elsewhere by its file, and a case whole where its name is part of others', () => {
    const test = { name: 'mine/a', suite: 'mine', file: '/x/my suites/mine.yaml' }
    const command = rerunCommand(test, { ...WITH, options: ['--config', 'a.yaml'], ambiguous: true })
    expect(command).to.equal(
      "npx flowbreak run '/x/my suites/mine.yaml' --target reference --grep '**/mine/a' --config a.yaml --seed 7",
    )
  })
})

describe('shellWord', () => {
  it('is taken by a shell for the word that it was', () => {
    for (const word of ['a b', "it's", '$(id)`id`"\\', '', 'x\ny\t\\\'"', '😀', '\u001b[31m', '*'])
      expect(spawnSync('bash', ['-c', `printf %s ${shellWord(word)}`], { encoding: 'utf8' }).stdout).to.equal(
        word,
      )
  })
})

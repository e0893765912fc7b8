import { expect } from 'chai'
import { didYouMean } from './did-you-mean.ts'

const WORDS = ['run', 'replay', 'report', 'reject']

describe('support/did-you-mean', () => {
  it('suggests the nearest word: letters left out, put in, changed or exchanged, in either case', () => {
    for (const [text, meant] of [
      ['rnu', 'run'],
      ['ru', 'run'],
      ['replya', 'replay'],
      ['rport', 'report'],
      ['reporrt', 'report'],
      ['rejecd', 'reject'],
      ['RELPAY', 'replay'],
    ] as const)
      expect(didYouMean(text, WORDS), text).to.equal(` Did you mean "${meant}"?`)
  })

  it('counts an exchange of two letters once, so that it is nearer than two changes', () => {
    expect(didYouMean('abdc', ['abxy', 'abcd'])).to.equal(' Did you mean "abcd"?')
  })

  it('suggests nothing that is too far, or for too little', () => {
    for (const text of ['', 'x', 'xy', 'nonsense']) expect(didYouMean(text, WORDS), text).to.equal('')
    expect(didYouMean('run', [])).to.equal('')
  })
})

import { expect } from 'chai'
import { painter } from '../report/paint.ts'
import type { Finding } from './doctor-finding.ts'
import { findingText } from './doctor-text.ts'

const MISSING: Finding = {
  name: 'socat',
  there: false,
  why: 'plain sockets of the recordings, and of the examples that stand beside them',
  remedy: 'apt-get install -t stable-backports socat',
}
const NAMES = 10

function shown(columns: number, finding = MISSING): readonly string[] {
  return findingText(finding, NAMES, columns, painter(false)).split('\n')
}

describe('cli/doctor-text', () => {
  it('has a line for what something is for and one for how to get it', () => {
    expect(shown(Number.POSITIVE_INFINITY)).to.deep.equal([
      'missing  socat       plain sockets of the recordings, and of the examples that stand beside them',
      '                     to get it: apt-get install -t stable-backports socat',
      '',
    ])
  })

  it('breaks the first in its column, and keeps a command whole', () => {
    expect(shown(64)).to.deep.equal([
      'missing  socat       plain sockets of the recordings, and of the',
      '                     examples that stand beside them',
      '                     to get it:',
      '         apt-get install -t stable-backports socat',
      '',
    ])
  })

  it('has everything below the name on a narrow screen', () => {
    expect(shown(40)).to.deep.equal([
      'missing  socat',
      '         plain sockets of the',
      '         recordings, and of the examples',
      '         that stand beside them',
      '         to get it:',
      '  apt-get install -t stable-backports socat',
      '',
    ])
  })

  it('keeps the lines of a mistake in a configuration apart', () => {
    const why = 'two mistakes:\nthe first\nthe second'
    const wrong: Finding = { name: 'config', there: false, wrong: true, why, remedy: 'edit it' }
    expect(shown(80, wrong)).to.deep.equal([
      'wrong    config      two mistakes:',
      '                     the first',
      '                     the second',
      '                     to mend it: edit it',
      '',
    ])
  })
})

import { expect } from 'chai'
import { getProfile, profileNames } from '../profile/index.ts'
import { columns, profileText } from './profile-text.ts'

/** What is written, whatever the lines. */
function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}

describe('profileText', () => {
  it('has a line for each knob where there is room', () => {
    const text = profileText(getProfile('pf'))
    expect(text).to.match(
      /^ {2}missScope +packet +DOC +OpenBSD pf\.conf\(5\): rules are asked for each packet/m,
    )
    expect(profileText(getProfile('pf'), 1000)).to.equal(text)
  })

  it('keeps to the width of a terminal, but for a word that is longer, and leaves nothing out', () => {
    for (const name of profileNames())
      for (const width of [40, 60, 80, 120]) {
        const text = profileText(getProfile(name), width)
        for (const line of text.split('\n'))
          if (/\S\s+\S/.test(line)) expect(line.length, line).to.be.at.most(width)
        const [head, ...rest] = profileText(getProfile(name)).split(/^ {2}knob +value +mark +source$/m)
        expect(wordsOf(text), name).to.deep.equal(wordsOf([head, ...rest].join('')))
      }
  })

  it('has the source of a knob below it where there is no room', () => {
    expect(profileText(getProfile('pf'), 60)).to.match(
      /^pf: OpenBSD \/ FreeBSD pf\n\nPackets without session\n {2}policies {2}/,
    )
    expect(profileText(getProfile('pf'), 60)).to.contain(
      '\n  missScope  packet\n    DOC  OpenBSD pf.conf(5): rules are asked for each packet\n    without state\n',
    )
  })
})

describe('columns', () => {
  const rows = [
    ['  missScope', 'flow', 'high', 'data of an unknown connection, rejected'],
    ['  policies', 'drop, reject', 'medium', 'a SYN-ACK'],
  ]

  it('has a line for each row where there is room', () => {
    expect(columns(rows)).to.equal(
      '  missScope  flow          high    data of an unknown connection, rejected\n  policies   drop, reject  medium  a SYN-ACK\n',
    )
  })

  it('has what follows the first two cells below them where there is none', () => {
    expect(columns(rows, 40)).to.equal(`  missScope  flow
    high  data of an unknown connection,
    rejected
  policies  drop, reject
    medium  a SYN-ACK
`)
    expect(columns([['pf', 'OpenBSD / FreeBSD pf']], 20)).to.equal('pf\n  OpenBSD / FreeBSD\n  pf\n')
  })
})

import { expect } from 'chai'
import { fixtureRun } from './fixtures/run.ts'
import { Progress } from './progress.ts'

function played(screen: { live: boolean; columns: number }, step = 60, seconds = 0): string[] {
  const written: string[] = []
  let clock = 0
  const progress = new Progress({ colour: false, ...screen }, (text) => written.push(text), {
    now: () => clock,
    seconds,
  })
  for (const event of fixtureRun()) {
    clock += step
    progress.take(event)
  }
  return written
}

describe('Progress', () => {
  it('draws one line over itself, at most every tenth of a second, and takes it away', () => {
    const written = played({ live: true, columns: 80 })
    expect(written).to.have.length(10)
    expect(written[3]?.replace('\r\u001b[2K', '')).to.match(
      /^[━─]{20} {2}4 of 15 cases {2}1 need a look {2}\d+\/s$/,
    )
    expect(written.at(-1)).to.equal('\r\u001b[2K')
  })

  it('says how long it will take where that is known', () => {
    const drawn = played({ live: true, columns: 80 }, 60, 75)
    expect(drawn[3]).to.match(/ {2}about 1 min 15 s left$/)
    expect(played({ live: true, columns: 80 }, 60, 0.2)[8]).to.match(/ {2}nearly done$/)
    expect(drawn.at(-1)).to.equal('\r\u001b[2K')
  })

  it('says less on a narrow terminal', () => {
    expect(played({ live: true, columns: 40 })[3]).to.equal('\r\u001b[2K4 of 15 cases')
  })

  it('says nothing where lines cannot be overwritten, but for a line every half a minute', () => {
    expect(played({ live: false, columns: 80 })).to.deep.equal([])
    expect(played({ live: false, columns: 80 }, 5000)).to.deep.equal([
      '3 of 15 cases, 1 need a look\n',
      '9 of 15 cases, 3 need a look\n',
      '15 of 15 cases, 6 need a look\n',
    ])
  })
})

import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { fixtureRun, NASTY } from './fixtures/run.ts'
import { entriesOf } from './html/client/entries.ts'
import { unpacked } from './html/client/inflate.ts'
import type { CaseRecord, PageIndex } from './html/view.ts'
import { renderHtml } from './html.ts'

const RUN = fixtureRun()
const PAGE = renderHtml(RUN)

function held(page: string, id: string): Promise<unknown> {
  const text = new RegExp(`id="${id}">([^<]*)</script>`).exec(page)?.[1]
  if (text === undefined) throw new Error(`The page holds no ${id}.`)
  return unpacked(text)
}

describe('renderHtml', () => {
  it('holds every case, its names as they are, and the log of each', async () => {
    const index: PageIndex = JSON.parse(/id="index">([^<]*)<\/script>/.exec(PAGE)?.[1] ?? '')
    const entries = entriesOf(index)
    expect(entries).to.have.length(15)
    expect(entries.map(({ name }) => name)).to.include(`aws-network-firewall/${NASTY}`)
    const records = (await held(PAGE, 'block-0')) as readonly CaseRecord[]
    for (const { name, place, block } of entries) {
      expect(block).to.equal(0)
      expect(records[place]?.case.name).to.equal(name)
    }
    expect(records.filter(({ finished }) => finished?.trace !== undefined)).to.have.length(11)
  })

  it('asks the network for nothing and lets only its own script run', () => {
    expect(PAGE).to.not.match(/\bsrc=|@import url|url\(|<link/)
    const scripts = [...PAGE.matchAll(/<script>(.*?)<\/script>/gs)]
    expect(scripts).to.have.length(1)
    const digest = createHash('sha256')
      .update(scripts[0]?.[1] ?? '')
      .digest('base64')
    expect(PAGE.replaceAll('&#39;', "'")).to.include(`script-src 'sha256-${digest}'`)
    expect(PAGE.match(/<script/g)).to.have.length(4)
    expect(PAGE.search(/[^\0-\x7f]/), 'a letter that is not ASCII').to.equal(-1)
  })

  it('can be rendered of a run in which nothing was played', () => {
    expect(renderHtml(RUN.slice(0, 1))).to.include('unfinished: 0 of 15')
  })
})

import axe from 'axe-core'
import { expect } from 'chai'
import { sweepCapture } from '../../author/sweep/sweep.ts'
import type { SweepMap } from '../../model/sweep.ts'
import { makeSetup } from '../../suite/setup.ts'
import { getTarget } from '../../target/targets.ts'
import { Browser } from '../fixtures/chromium.ts'
import { sweepPage } from './html.ts'
import { sweepJson, sweepLines } from './json.ts'
import { sweepText } from './text.ts'

/** Two policies and two sharings, one capture, two breaks. */
async function sweep(): Promise<SweepMap> {
  const target = getTarget('reference', 'test')
  const contestants = ['none', 'cluster'].flatMap((sharing) =>
    ['drop', 'reject'].map((policy) => ({
      ...{ values: [sharing, policy], target, options: ['--sharing', sharing, '--policy', policy] },
      setup: () => makeSetup({ sharing, policy }),
    })),
  )
  const { map } = await sweepCapture({
    ...{
      capture: 'captures/echo-ladder-ipv4.pcap',
      flow: undefined,
      axes: ['sharing', 'policy'],
      contestants,
    },
    ...{ breaks: ['host-swap:crash', 'idle-gap:400s'], endpoints: 'recorded', seed: 1 },
    signal: new AbortController().signal,
  })
  return map
}

describe('a sweep', function () {
  this.timeout(120_000)
  let map: SweepMap
  let browser: Browser
  before(async () => {
    map = await sweep()
    browser = await Browser.launch()
  })
  after(() => browser?.[Symbol.asyncDispose]())

  it('is a row a packet and a letter a column on a terminal, in the width that there is', () => {
    const lines = [...sweepText(map, { columns: 80, colour: false, live: false })]
    const at = lines.indexOf('host-swap:crash')
    expect(lines.slice(at + 1, at + 5)).to.deep.equal([
      '                             none clus',
      '                             d r  d r',
      ' 1 0.000 c2s SYN             . .  . .',
      ' 2 0.000 s2c SYN ACK         D R  . .  ≠ sharing policy',
    ])
    for (const line of lines.join('\n').split('\n')) expect(line.length).to.be.at.most(80)
    const close = [...sweepText(map, { columns: 44, colour: false, live: false })].join('\n').split('\n')
    for (const line of close) expect(line.length, line).to.be.at.most(44)
    expect(close).to.include(' 2 s2c SYN ACK         D R  . .  ≠ sh po')
    const narrow = [...sweepText(map, { columns: 36, colour: false, live: false })].join('\n').split('\n')
    for (const line of narrow) expect(line.length, line).to.be.at.most(36)
    expect(narrow.filter((line) => line === 'host-swap:crash')).to.have.length(2)
    const coloured = [...sweepText(map, { columns: 80, colour: true, live: true })].join('\n')
    expect(coloured).to.include('\u001b[')
  })

  it('is one JSON object, or an object a line, of the same cells', () => {
    const whole = JSON.parse([...sweepJson(map)].join(''))
    const [head, ...cells] = [...sweepLines(map)].map((line) => JSON.parse(line))
    expect(head).to.include({ type: 'sweep', schema: 1 })
    expect(cells.map(({ type: _, ...cell }) => cell)).to.deep.equal(whole.cells)
    expect(whole.cells).to.have.length(2 * 26 * 4)
    expect(whole.cells.find((cell: { packet: number }) => cell.packet === 9)).to.deep.include({
      ...{ break: 'host-swap:crash', column: 0, letter: 'D', recovers: null },
      next: { c2s: 'drop', s2c: 'drop' },
      lost: { c2s: 11, s2c: 7 },
    })
  })

  it('is a page that asks the network for nothing', async () => {
    const page = await browser.open(sweepPage(map))
    expect(await page.locator('button.cell').count()).to.equal(26 * 4)
    expect(await page.locator('.letters li').count()).to.equal(5)
    expect(browser.requests.filter((url) => !url.startsWith('file:'))).to.deep.equal([])
    expect(browser.complaints).to.deep.equal([])
  })

  it('tells all of a cell, and the command that plays it again', async () => {
    const page = await browser.open(sweepPage(map))
    await page.click('[data-place="0.8.1"]')
    expect(await page.locator('#place-title').textContent()).to.equal(
      'host-swap:crash before packet 9, none reject',
    )
    expect(await page.locator('#command').textContent()).to.equal(
      'npx flowbreak replay captures/echo-ladder-ipv4.pcap --sharing none --policy reject --flow 0 --inject host-swap@9:crash --ladder',
    )
    expect(await page.locator('tr.break + tr').textContent()).to.match(/^9.*rejectfw-breset to the server/)
    expect(await page.evaluate('location.hash')).to.equal('#0.8.1')
    const again = await browser.open(sweepPage(map), '#1.3.2')
    expect(await again.locator('#place-title').textContent()).to.match(
      /^idle-gap:400s before packet 4, cluster/,
    )
    expect(await again.locator('table.sweep caption').textContent()).to.include('idle-gap:400s')
  })

  /** The map that is drawn where nothing is named: six kinds of sharing, three policies. */
  function defaultMap(): SweepMap {
    const sharings = ['none', 'replication', 'cluster', 'store', 'sync', 'snat']
    const values = sharings.flatMap((sharing) =>
      ['drop', 'reject', 'continue'].map((policy) => [sharing, policy]),
    )
    const spread = <T>(of: readonly T[]) => values.flatMap((_, at) => of.slice(at % of.length).slice(0, 1))
    return {
      ...map,
      columns: spread(map.columns).map((column, at) => ({ ...column, values: values[at] ?? [] })),
      cells: map.cells.map(spread),
    }
  }

  for (const width of [1280, 1024, 390])
    it(`marks what a row differs over, in view of a window of ${width} pixels`, async () => {
      const page = await browser.open(sweepPage(defaultMap()), '', { width })
      const room = await page.locator('#map').boundingBox()
      const marks = page.locator('table.sweep tbody tr:nth-child(2) td.differs')
      expect(await marks.allTextContents()).to.deep.equal(['≠differs over sharing', '≠differs over policy'])
      const last = await marks.nth(1).boundingBox()
      expect((last?.x ?? 0) + (last?.width ?? 0)).to.be.within(1, (room?.x ?? 0) + (room?.width ?? 0))
      const name = page.locator('table.sweep tbody tr:nth-child(2) th')
      await page.evaluate('document.querySelector("#map").scrollLeft = 100_000')
      const packet = await name.boundingBox()
      expect(packet?.x, 'a packet stays beside its cells').to.be.at.least(room?.x ?? 0)
    })

  it('shows every column of the packets beside the map, in a window of 1280 pixels', async () => {
    const page = await browser.open(sweepPage(defaultMap()), '#0.1.1', { width: 1280 })
    expect(await page.locator('table.sweep tbody tr:first-child button.cell').count()).to.equal(18)
    const [content, seen] = (await page.evaluate(
      '(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth])(document.querySelector(".ladder"))',
    )) as [number, number]
    expect(content).to.equal(seen)
    const [drawn, ladder] = [
      await page.locator('#map').boundingBox(),
      await page.locator('.ladder').boundingBox(),
    ]
    expect((drawn?.x ?? 0) + (drawn?.width ?? 0)).to.be.below(ladder?.x ?? 0)
  })

  it('is used by keys alone: one stop for the map, arrows within it', async () => {
    const page = await browser.open(sweepPage(map))
    await page.focus('button.cell[tabindex="0"]')
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowUp', 'Enter'])
      await page.keyboard.press(key)
    expect(await page.locator('#place-title').textContent()).to.equal(
      'host-swap:crash before packet 2, none reject',
    )
    expect(await page.locator('button.cell[tabindex="0"]').count()).to.equal(1)
  })

  it('shows only the rows that differ over an axis', async () => {
    const page = await browser.open(sweepPage(map))
    await page.selectOption('#only', 'policy')
    expect(await page.locator('table.sweep tbody tr').count()).to.equal(25)
  })

  for (const colorScheme of ['light', 'dark'] as const)
    it(`has nothing that axe objects to, in ${colorScheme}`, async () => {
      const page = await browser.open(sweepPage(map), '#0.8.1', { colorScheme, bypassCSP: true })
      await page.evaluate(axe.source)
      const found = (await page.evaluate('axe.run()')) as axe.AxeResults
      expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).to.deep.equal([])
    })
})

import axe from 'axe-core'
import { expect } from 'chai'
import type { Page } from 'playwright-core'
import type { RunEvent } from '../../model/run-log.ts'
import { Browser } from '../fixtures/chromium.ts'
import { lengthened } from '../fixtures/lengthened.ts'
import { fixtureRun, NASTY } from '../fixtures/run.ts'
import { renderHtml, renderRuns } from '../html.ts'
import { publishedPage } from '../publish/page.ts'
import { hashOf } from './client/address.ts'

const RUN = fixtureRun()
const PAGE = renderHtml(RUN)
const BOTH = renderRuns([RUN, laterRun()])

const LONG = hashOf({ name: 'core/download/policy:drop/family:ipv4' })
const FAILED = hashOf({ name: 'core/host-swap/data/policy:reject/family:ipv4' })
const EVERYTHING = hashOf({ name: 'core/everything/policy:reject/family:ipv4' })

/** The same run later, when what failed had been mended. */
function laterRun(): RunEvent[] {
  return fixtureRun().map((event): RunEvent => {
    if (event.type === 'run-started') return { ...event, run: '20261122-81bc' }
    if (event.type !== 'case-finished' || event.outcome !== 'fail') return event
    return { ...event, outcome: 'pass', mismatches: [] }
  })
}

describe('the page in a browser', function () {
  this.timeout(120_000)
  let browser: Browser
  before(async () => {
    browser = await Browser.launch()
  })
  after(() => browser?.[Symbol.asyncDispose]())
  afterEach(() => {
    expect(browser.complaints).to.deep.equal([])
    expect(browser.requests.filter((url) => !url.startsWith('file:'))).to.deep.equal([])
  })

  const count = (page: Page, selector: string) => page.locator(selector).count()
  const text = (page: Page, selector: string) => page.locator(selector).first().textContent()
  const hash = (page: Page) => page.evaluate('location.hash')

  describe('as a newcomer uses it', () => {
    it('finds the first differing packet of a case in two clicks', async () => {
      const page = await browser.open(PAGE)
      await page.click('#look a.o-fail')
      await page.click('.glance a')
      expect(await text(page, '.packet.target title')).to.equal(
        'Packet 6 from the client, PSH ACK 128 B: drop, stream midstream, decided by fw-b, expected reject towards sender',
      )
    })

    it('copies the command that plays a case again in two clicks', async () => {
      const page = await browser.open(PAGE, '', { permissions: ['clipboard-read', 'clipboard-write'] })
      await page.click('#look a.o-fail')
      await page.click('#copy')
      await page.waitForSelector('#copied:text("Copied")')
      expect(await page.evaluate('navigator.clipboard.readText()')).to.equal(
        'npx flowbreak run suites/core/stream.yaml --target reference --grep core/host-swap/data/policy:reject/family:ipv4 --seed 7',
      )
    })

    it('names the document that a case rests on in one click, or two keys', async () => {
      const page = await browser.open(PAGE)
      await page.click('#look a.o-fail')
      const box = '.glance > :last-child'
      expect(await text(page, `${box} dt`)).to.equal('By which document')
      expect(await text(page, `${box} dd`)).to.equal('developer guide, stream exception policy')
      const again = await browser.open(PAGE)
      await again.keyboard.press('Tab')
      await again.keyboard.press('Enter')
      expect(await text(again, `${box} dd`)).to.equal('developer guide, stream exception policy')
    })
  })

  it('shows the matrix, and no ladder before a case is opened', async () => {
    const page = await browser.open(PAGE)
    expect(await count(page, '.matrix .mark')).to.equal(15)
    expect(await count(page, 'svg')).to.equal(0)
    expect(await page.title()).to.equal('flowbreak 20261121-7f3a')
  })

  it('closes a suite and opens it by a key', async () => {
    const page = await browser.open(PAGE)
    await page.focus('.toggle[data-suite="palo-alto"]')
    await page.keyboard.press('Enter')
    expect(await count(page, '.matrix .mark')).to.equal(13)
    await page.keyboard.press('Enter')
    expect(await count(page, '.matrix .mark')).to.equal(15)
  })

  it('opens the case of its address, goes on by arrow keys, and closes by Escape, which gives the focus back', async () => {
    const page = await browser.open(PAGE, FAILED)
    expect(await count(page, 'svg.ladder .packet')).to.equal(7)
    await page.keyboard.press('ArrowRight')
    await page.waitForSelector('#case-title:text("core/host-swap/data/policy:reject/family:ipv6")')
    await page.keyboard.press('ArrowLeft')
    await page.waitForSelector('#case-title:text("core/host-swap/data/policy:reject/family:ipv4")')
    await page.keyboard.press('Escape')
    await page.waitForSelector('#list:not([hidden])')
    expect(await page.evaluate('document.activeElement.className')).to.equal('mark o-fail')
    expect(await hash(page)).to.equal('')
  })

  it('keeps search, filters and columns in the address', async () => {
    const page = await browser.open(PAGE)
    await page.click('.chip.o-pass')
    expect(await count(page, '.matrix .mark')).to.equal(6)
    await page.fill('#find', 'ipv6')
    expect(await text(page, '#count')).to.equal('2 of 15 cases')
    await page.click('.columns summary')
    await page.uncheck('#columns input[value=target]')
    expect(await count(page, '.matrix thead tr')).to.equal(2)
    const kept = String(await hash(page))
    const again = await browser.open(PAGE, kept)
    expect(await again.inputValue('#find')).to.equal('ipv6')
    expect(await count(again, '.matrix .mark')).to.equal(2)
    expect(await count(again, '.matrix thead tr')).to.equal(2)
    await again.click('.matrix .mark')
    expect(await text(again, '.case-place')).to.equal('1 of 2')
  })

  it('unfolds a long run by a click or a key', async () => {
    const page = await browser.open(PAGE, LONG)
    expect(await text(page, '.fold')).to.include('587 more, all forward')
    expect(await count(page, '.packet')).to.equal(13)
    await page.click('.fold')
    expect(await count(page, '.packet')).to.equal(513)
    await page.focus('.fold')
    await page.keyboard.press('Enter')
    expect(await count(page, '.packet')).to.equal(600)
  })

  it('tells the packets as a table, too', async () => {
    const page = await browser.open(PAGE, FAILED)
    await page.click('#as-table summary')
    await page.waitForSelector('.packets')
    expect(await count(page, '.packets tbody tr:not(.event)')).to.equal(7)
    expect(await text(page, '.packets tr.h-3 .seen')).to.equal('✗ drop, stream midstream')
  })

  it('says so where the packets of a case that passed were left out of the page', async () => {
    expect(publishedPage(RUN)).to.equal(PAGE)
    const page = await browser.open(publishedPage(RUN, 1000), LONG)
    expect(await text(page, '#left-out')).to.include('The packets of cases that passed are not in this page')
    expect(await count(page, 'svg')).to.equal(0)
    const failed = await browser.open(publishedPage(RUN, 1000), FAILED)
    expect(await count(failed, '#left-out')).to.equal(0)
    expect(await count(failed, 'svg.ladder .packet')).to.equal(7)
  })

  it('shows setup, injections, emitted resets and impact', async () => {
    const page = await browser.open(PAGE, EVERYTHING)
    expect(await text(page, '.injections')).to.equal('idle-gap before packet 6 gap 400s, scope flow')
    expect(await text(page, '.impact')).to.equal('Impact reset after 400.4s, felt first by the client')
    const setup = await text(page, 'section[aria-labelledby=h-setup]')
    expect(setup).to.include('load balancer tcp idle').and.include('350')
    expect(await text(page, 'section[aria-labelledby=h-emitted]'))
      .to.include('4026531841')
      .and.include('would be ignored')
  })

  it('shows what was seen beside the verdicts, and links only evidence that is ours', async () => {
    const beside = {
      sightings: [{ kind: 'altered', indices: [0, 1], field: 'mss', sent: '1460', seen: '1380' }],
      outages: [{ event: 'crash', time: 1e6, lasted: 350_000, over: true }],
    } as const
    const seen = (evidence: string) =>
      renderHtml(
        RUN.map((event) => (event.type === 'case-finished' ? { ...event, ...beside, evidence } : event)),
      )
    const page = await browser.open(seen('evidence/1f.pcapng'), FAILED)
    expect(await text(page, 'section[aria-labelledby=h-seen] table')).to.include('altered1, 2mss14601380')
    expect(await text(page, '.outages')).to.equal('No way through for 0.350000 s after crash at 1.000000 s.')
    expect(await page.getAttribute('.evidence a', 'href')).to.equal('evidence/1f.pcapng')
    const folder = await browser.open(seen('evidence/1f/capture.pcapng'), FAILED)
    const links = "[...document.querySelectorAll('.evidence a')].map((one) => one.getAttribute('href'))"
    expect(await folder.evaluate(links)).to.deep.equal([
      'evidence/1f/capture.pcapng',
      'evidence/1f/timeline.json',
      'evidence/1f/configuration.json',
    ])
    const other = await browser.open(seen('javascript:alert(1)'), FAILED)
    expect(await count(other, '.evidence a')).to.equal(0)
  })

  it('shows two runs side by side: what differs, and every packet of a case on each', async () => {
    const page = await browser.open(BOTH)
    const row = '.differences tbody tr:has-text("failed")'
    expect(await text(page, row)).to.include('✗ failed! in error✓ passed! in error')
    await page.click(`${row} .mark`)
    await page.waitForSelector('#beside')
    expect(await text(page, '.case-head .badge')).to.equal('Δ outcomes differ')
    expect(await text(page, '#beside thead'))
      .to.include('reference of 20261121-7f3a')
      .and.include('reference of 20261122-81bc')
    expect(await count(page, '#beside tbody tr:not(.event)')).to.equal(7)
    expect(await text(page, '.sides')).to.include(
      'Packet 6 (c2s, after host-swap) was to be reject towards sender',
    )
  })

  it('takes nothing of a name for markup, and opens it by its address', async () => {
    const page = await browser.open(PAGE, hashOf({ name: `aws-network-firewall/${NASTY}` }))
    expect(await text(page, '#case-title')).to.equal(`aws-network-firewall/${NASTY}`)
    expect(await page.title())
      .to.include('flowbreak 20261121-7f3a')
      .and.not.equal('taken')
    expect(await count(page, 'svg.ladder')).to.equal(1)
  })

  it('shows the lists when its address names no case', async () => {
    const page = await browser.open(PAGE, '#case=%E0%A4%A&side=x')
    expect(await count(page, '.matrix .mark')).to.equal(15)
    expect(await count(page, 'svg')).to.equal(0)
  })

  it('needs no scrolling sideways on a telephone, whatever is long without a place to break it', async () => {
    const wide = renderHtml(lengthened(RUN))
    const cases = RUN.flatMap((event) => (event.type === 'case-finished' ? [hashOf(event.case)] : []))
    for (const [html, address] of [
      ...['', FAILED, LONG, EVERYTHING].map((each) => [PAGE, each] as const),
      ...['', ...cases].map((each) => [wide, each] as const),
    ]) {
      const page = await browser.open(html, address, { width: 375 })
      await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
      const over = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
      expect(await page.evaluate(over), address).to.equal(0)
    }
  })

  const VIEWS = [
    ['lists', PAGE, ''],
    ['case', PAGE, FAILED],
    ['everything', PAGE, EVERYTHING],
    ['side by side', BOTH, hashOf({ name: 'core/host-swap/data/policy:reject/family:ipv4', beside: true })],
  ] as const
  for (const colorScheme of ['light', 'dark'] as const)
    for (const [name, html, address] of VIEWS)
      it(`can be read by everybody, ${colorScheme}: ${name}`, async () => {
        const page = await browser.open(html, address, { colorScheme })
        await page.addStyleTag({ content: '#matrix { content-visibility: visible }' })
        await page.evaluate(axe.source)
        const found = (await page.evaluate(
          "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
        )) as axe.AxeResults
        const faults = found.violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html: at }) => at).join(' ')}`,
        )
        expect(faults).to.deep.equal([])
        expect(await page.evaluate(SMALLEST)).to.be.at.least(12)
        expect(await page.evaluate(PALEST)).to.be.at.least(4.5)
      })
})

/** The smallest size of a letter that is shown. */
const SMALLEST = `Math.min(...[...document.querySelectorAll('body *')]
  .filter((one) => one.checkVisibility() && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ''))
  .map((one) => parseFloat(getComputedStyle(one).fontSize)))`

/** The least contrast of the ladder's words with the ground, which axe does not look at. */
const PALEST = `(() => {
  const ladder = document.getElementById('ladder')
  if (ladder === null) return 21
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const ground = getComputedStyle(ladder).backgroundColor
  const light = (...colours) => {
    for (const colour of colours) {
      canvas.fillStyle = colour
      canvas.fillRect(0, 0, 1, 1)
    }
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => {
      const part = value / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  return Math.min(...[...ladder.querySelectorAll('text')].filter((one) => one.textContent !== '').map((one) => {
    const under = one.closest('g')?.querySelector('rect')
    const behind = under ? [ground, getComputedStyle(under).fill] : [ground]
    const [a, b] = [light(...behind), light(...behind, getComputedStyle(one).fill)]
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
  }))
})()`

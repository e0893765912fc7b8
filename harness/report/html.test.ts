import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { Browser } from './fixtures/chromium.ts'
import { fixtureRun, NASTY } from './fixtures/run.ts'
import { hashOf } from './html/client/matrix.js'
import type { View } from './html/view.ts'
import { renderHtml } from './html.ts'

const PAGE = renderHtml(fixtureRun())
const DATA = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(PAGE)?.[1] ?? ''
const VIEW: View = JSON.parse(DATA)

const hash = (name: string, target = 'reference') => hashOf({ name, target })

describe('renderHtml', () => {
  it('holds every case, its names as they are', () => {
    expect(VIEW.cases).to.have.length(15)
    expect(VIEW.cases.map(({ name }) => name)).to.include(`aws-network-firewall/${NASTY}`)
    expect(VIEW.cases.filter(({ trace }) => trace !== undefined)).to.have.length(11)
  })

  it('asks the network for nothing and lets only its own script run', () => {
    expect(PAGE).to.not.match(/https?:|\bsrc=|@import url|url\(/)
    const scripts = [...PAGE.matchAll(/<script type="module">(.*?)<\/script>/gs)]
    expect(scripts).to.have.length(1)
    const digest = createHash('sha256')
      .update(scripts[0]?.[1] ?? '')
      .digest('base64')
    expect(PAGE.replaceAll('&#39;', "'")).to.include(`script-src 'sha256-${digest}'`)
    expect(PAGE.match(/<\/?script/g)).to.have.length(4)
  })

  it('can be rendered of a run in which nothing was played', () => {
    expect(renderHtml(fixtureRun().slice(0, 1))).to.include('unfinished: 0 of 15')
  })
})

describe('the page in a browser', function () {
  this.timeout(60_000)
  let browser: Browser
  before(async () => {
    browser = await Browser.launch()
  })
  after(() => browser?.[Symbol.asyncDispose]())
  afterEach(() => {
    expect(browser.complaints).to.deep.equal([])
    expect(browser.requests.filter((url) => !url.startsWith('file:') && url !== 'about:blank')).to.deep.equal(
      [],
    )
  })

  const LONG = hash('core/download/policy:drop/family:ipv4')
  const FAILED = hash('core/host-swap/data/policy:reject/family:ipv4')

  it('shows the matrix, and no ladder before a case is opened', async () => {
    await browser.open(PAGE)
    expect(await browser.count('.cell')).to.equal(15)
    expect(await browser.count('svg')).to.equal(0)
    expect(await browser.evaluate('document.title')).to.equal('flowbreak 20261121-7f3a')
  })

  it('opens the case of its address with a ladder, expected beside observed', async () => {
    await browser.open(PAGE, FAILED)
    expect(await browser.count('svg.ladder .packet')).to.equal(7)
    expect(await browser.text('#packet-5.v-d.h-3 title')).to.equal(
      'Packet 6 from the client, PSH ACK 128 B: drop, stream midstream, decided by fw-b, expected reject towards sender',
    )
  })

  it('opens a case by a click, goes on by arrow keys and closes by Escape, which gives the focus back', async () => {
    await browser.open(PAGE)
    await browser.click('.cell.o-fail')
    expect(await browser.text('#case-title')).to.equal('core/host-swap/data/policy:reject/family:ipv4')
    expect(await browser.evaluate('location.hash')).to.equal(FAILED)
    await browser.press('ArrowRight')
    expect(await browser.text('#case-title')).to.equal('core/host-swap/data/policy:reject/family:ipv6')
    await browser.press('ArrowLeft')
    await browser.press('Escape')
    expect(await browser.evaluate('document.getElementById("case").hidden')).to.equal(true)
    expect(await browser.evaluate('document.activeElement.className')).to.equal('cell o-fail')
  })

  it('unfolds a long run by a click or a key', async () => {
    await browser.open(PAGE, LONG)
    expect(await browser.text('.fold')).to.include('587 more, all forward')
    expect(await browser.count('.packet')).to.equal(13)
    await browser.click('.fold')
    expect(await browser.count('.packet')).to.equal(513)
    await browser.evaluate('document.querySelector(".fold").focus()')
    await browser.press('Enter')
    expect(await browser.count('.packet')).to.equal(600)
  })

  it('goes from what was not as expected to its packet', async () => {
    await browser.open(PAGE, FAILED)
    await browser.click('.mismatches a')
    expect(await browser.count('#packet-5.target')).to.equal(1)
  })

  it('filters by outcome and text and changes its columns', async () => {
    await browser.open(PAGE)
    await browser.click('.chip.o-pass')
    expect(await browser.count('.cell')).to.equal(6)
    await browser.press('/')
    for (const letter of 'ipv6') await browser.press(letter)
    expect(await browser.count('.cell')).to.equal(2)
    expect(await browser.text('#count')).to.equal('2 of 15 cases')
    await browser.click('#columns input[value=policy]')
    expect(await browser.count('.matrix thead th')).to.equal(2)
  })

  it('takes nothing of a name for markup, and opens it by its address', async () => {
    await browser.open(PAGE, hash(`aws-network-firewall/${NASTY}`))
    expect(await browser.text('#case-title')).to.equal(`aws-network-firewall/${NASTY}`)
    expect(await browser.evaluate('document.title')).to.equal('flowbreak 20261121-7f3a')
    expect(await browser.count('svg.ladder')).to.equal(1)
  })

  it('shows the matrix alone when its address names no case', async () => {
    await browser.open(PAGE, '#case=%E0%A4%A&target=x')
    expect(await browser.count('.cell')).to.equal(15)
    expect(await browser.count('svg')).to.equal(0)
  })

  it('needs no scrolling sideways on a telephone', async () => {
    for (const address of ['', FAILED, LONG, hash('core/everything/policy:reject/family:ipv4')]) {
      await browser.open(PAGE, address, 375)
      for (const box of ['document.documentElement', 'document.getElementById("case")'])
        expect(await browser.evaluate(`${box}.scrollWidth - ${box}.clientWidth`), address).to.equal(0)
    }
  })
})

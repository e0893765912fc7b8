import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { verifyLog } from '../../harness/cli/report-verify.ts'
import { readRunLog } from '../../harness/log/read.ts'
import type { Outcome } from '../../harness/model/run-log.ts'
import { Browser } from '../../harness/report/fixtures/chromium.ts'
import { renderMarkdown } from '../../harness/report/markdown.ts'
import { cardOf } from '../../harness/report/publish/card.ts'
import { indexHtml } from '../../harness/report/publish/index-html.ts'
import { indexMarkdown } from '../../harness/report/publish/index-markdown.ts'
import { pathWord, publishRun } from '../../harness/report/publish/publish.ts'
import { publishedBelow, readCard } from '../../harness/report/publish/published.ts'
import { readmePage } from '../../harness/report/publish/readme.ts'
import { levelWords } from '../../harness/report/publish/words.ts'
import { FlowbreakError } from '../../harness/support/errors.ts'
import { addEvidence, playedLog, scratchFolder } from './played.ts'

const NAME = { implementation: 'reference', version: '1.2.3' }

describe('publishRun', () => {
  const { folder, remove } = scratchFolder()
  const to = join(folder, 'reports')
  const place = join(to, 'reference', '1.2.3')
  let log: string
  before(async () => {
    log = await playedLog(folder)
    addEvidence(log, 'a.pcapng', Buffer.from([1, 2, 3]))
    // Of a worker that was killed.
    addEvidence(log, 'unfinished-4711-0', Buffer.from([1, 2]))
  })
  after(remove)
  afterEach(() => rmSync(to, { recursive: true, force: true }))

  const publish = (change: Partial<Parameters<typeof publishRun>[0]> = {}) =>
    publishRun({ log, events: readRunLog(log), to, name: NAME, replace: false, ...change })
  const contents = () =>
    Object.fromEntries(
      readdirSync(place, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name)).toString('hex')]),
    )

  it('writes a report that holds against itself, evidence with it, and nothing beside it', () => {
    publish()
    expect(Object.keys(contents()).sort()).to.deep.equal([
      'README.md',
      'SHA256SUMS',
      'a.pcapng',
      'report.html',
      'report.json.gz',
      'run.ndjson.gz',
      'summary.json',
    ])
    expect(readdirSync(join(to, 'reference'))).to.deep.equal(['1.2.3'])
    const verified = verifyLog(join(place, 'run.ndjson.gz'))
    expect(verified).to.deep.include({ published: true, findings: [], notes: [] })
    expect(verified.graded).to.be.at.least(4)
  })

  it('gives the same bytes again, from the run or from what was published of it', () => {
    publish()
    const before = contents()
    publish()
    expect(contents()).to.deep.equal(before)
    const published = join(folder, 'copy')
    cpSync(place, published, { recursive: true })
    publish({ log: join(published, 'run.ndjson.gz'), replace: true })
    expect(contents()).to.deep.equal(before)
  })

  it('leaves the report of another run alone, unless it is told to take its place', async () => {
    publish()
    const other = await playedLog(folder, { run: 'run-2' })
    const again = { log: other, events: readRunLog(other) }
    expect(() => publish(again))
      .to.throw(FlowbreakError, 'already contains the report of run run-1')
      .with.property('code', 'ERR_PUBLISH')
    publish({ ...again, replace: true })
    expect(readCard(place).run.id).to.equal('run-2')
    expect(existsSync(join(place, 'evidence'))).to.equal(false)
  })

  it('says how to reproduce it', () => {
    publish()
    const page = readFileSync(join(place, 'README.md'), 'utf8')
    expect(page).to.include(`flowbreak run core/resets --grep 'it'\\''s' --seed 7`)
    expect(page).to.include('`suites/core/resets.yaml`')
    expect(page).to.match(/\| `captures\/[\w-]+\.pcap` \| `[0-9a-f]{64}` \|/)
    for (const text of ['flowbreak 0.1.0', 'Node 20.0.0', 'seed 7']) expect(page).to.include(text)
  })

  it('makes an index of all that was published, and of nothing else', () => {
    publish()
    publish({ name: { implementation: 'reference', version: '1.10.0' } })
    mkdirSync(join(to, 'runs', 'run-1'), { recursive: true })
    const all = publishedBelow(to)
    expect(all.map(({ folder: each }) => each)).to.deep.equal(['reference/1.2.3', 'reference/1.10.0'])
    const [html, markdown] = [indexHtml(all), indexMarkdown(all)]
    expect(html).to.include('href="reference/1.10.0/report.html"')
    const [first] = all
    if (first === undefined) throw new Error('It was published.')
    const lacking = (count: number) => {
      const lacks = Array.from({ length: count }, (_, n) => ({ capability: `<thing> ${n}`, cases: n + 1 }))
      return indexHtml([{ ...first, card: { ...first.card, lacks } }])
    }
    expect(lacking(2)).to.include('data-of="lacks">&lt;thing&gt; 0 (1)<br>&lt;thing&gt; 1 (2)</td>')
    expect(lacking(4)).to.include(
      '<details><summary>4 capabilities (10 cases)</summary>&lt;thing&gt; 0 (1)<br>',
    )
    expect(html).to.match(/<th scope="row">core<\/th><td class="figure s-conformant">✓ (\d+)\/\1<\/td>/)
    expect(markdown).to.include('[reference 1.2.3](reference/1.2.3/README.md)')
    expect(markdown).to.match(/\| `core` \| ✓ (\d+)\/\1 · – · .* \| ✓ \1\/\1/)
  })

  it('has an index that shows all about the implementations, whatever the width of the window', async () => {
    await using browser = await Browser.launch()
    const index = indexHtml(publishedBelow('reports')).replace('<html ', '<html data-ready ')
    for (const width of [1280, 1232, 1024, 390]) {
      const page = await browser.open(index, '', { width })
      const [content, seen] = (await page.evaluate(
        '(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth])(document.querySelector(".scroll"))',
      )) as [number, number]
      expect(content, `${width} pixels`).to.equal(seen)
    }
  })

  it('names in the index only ways in which verdicts are known', () => {
    publish()
    const [first] = publishedBelow(to)
    if (first === undefined) throw new Error('It was published.')
    const known = (wire: number, log: number) =>
      /verdicts known by">(.*?)<\/td>/.exec(
        indexHtml([{ ...first, card: { ...first.card, known: { wire, log, self: 0 } } }]),
      )?.[1]
    expect(known(3, 1)).to.equal('wire 75.0 %<br>log 25.0 %')
    expect(known(0, 9)).to.equal('log 100.0 %')
    expect(known(0, 0)).to.equal('no verdicts')
  })

  it('says of a summary that is none, or newer, what is wrong', () => {
    publish()
    writeFileSync(join(place, 'summary.json'), '{"schema":2}')
    expect(() => publishedBelow(to)).to.throw(
      FlowbreakError,
      'has version 2, but this flowbreak reads version 1',
    )
    writeFileSync(join(place, 'summary.json'), '{')
    expect(() => publishedBelow(to)).to.throw(FlowbreakError, 'is not the summary of a published report')
  })
})

describe('pathWord', () => {
  it('is a name in its folder, whatever it is made from', () => {
    expect(pathWord('Linux 6.1.0-13 (amd64)')).to.equal('Linux-6.1.0-13-amd64')
    for (const nasty of ['..', '../..', '.git', '/', 'a/../b', '\u0000', '-rf'])
      expect(pathWord(nasty))
        .to.match(/^([\w+][\w.+-]*)?$/)
        .and.not.include('/')
  })
})

describe('cardOf', () => {
  it('never calls conformant what is known by its own word alone', async () => {
    const { folder, remove } = scratchFolder()
    try {
      const events = readRunLog(await playedLog(folder))
      const known = (letter: string) =>
        events.map((event) =>
          event.type === 'case-finished' && event.trace !== undefined
            ? {
                ...event,
                trace: { ...event.trace, knowledge: letter.repeat(event.trace.knowledge.length) },
              }
            : event,
        )
      expect(cardOf(known('w'), NAME).core.standing).to.equal('conformant')
      expect(cardOf(known('s'), NAME).core).to.include({ standing: 'own word', failed: 0 })
      expect(cardOf(known('s'), NAME).known).to.include({ wire: 0, log: 0 })
    } finally {
      remove()
    }
  })

  it('tells failures that are known, each with its reason, from what conforms and from what does not', async () => {
    const { folder, remove } = scratchFolder()
    try {
      const events = readRunLog(await playedLog(folder))
      const failing = (...outcomes: readonly Outcome[]) => {
        const left = [...outcomes]
        return events.map((event) => {
          const outcome = event.type === 'case-finished' ? left.shift() : undefined
          if (event.type !== 'case-finished' || outcome === undefined) return event
          const { core } = event.tally
          const tally = { ...event.tally, core: { ...core, met: core.met - 1 } }
          return { ...event, outcome, detail: 'It forgets the mark.', tally }
        })
      }
      const { core, knownFailures } = cardOf(failing('known-failure', 'known-failure'), NAME)
      expect(core).to.include({ standing: 'known failures', failed: 2, known: 2, passed: core.cases - 2 })
      expect(levelWords(core, 'core')).to.equal(`† ${core.cases - 2}/${core.cases}, 2 known to fail`)
      expect(knownFailures).to.deep.equal([{ reason: 'It forgets the mark.', cases: 2 }])
      const both = cardOf(failing('known-failure', 'fail'), NAME)
      expect(both.core).to.include({ standing: 'not conformant', failed: 2, known: 1 })
      expect(cardOf(events, NAME)).not.to.have.property('knownFailures')
      expect(cardOf(events, NAME).core).not.to.have.property('known')

      const card = cardOf(failing('known-failure'), NAME)
      const page = readmePage(card, renderMarkdown(failing('known-failure')), [])
      expect(page).to.match(/\| core \| † known failures \|/)
      expect(page).to.include('It is known to fail in:\n\n- It forgets the mark. (1 case)')
      expect(page).to.match(/cases played, all as expected but 1 that is known to fail \(/)
      const published = [{ folder: 'reference/1.2.3', card }]
      expect(indexHtml(published)).to.match(
        /<td class="figure s-known-failures">† \d+\/\d+, 1 known to fail</,
      )
      expect(indexMarkdown(published)).to.match(/\| `core` \| † \d+\/\d+, 1 known to fail · /)
    } finally {
      remove()
    }
  })
})

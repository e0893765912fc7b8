import { expect } from 'chai'
import { marked } from 'marked'
import { runEvent } from '../../harness/log/schema.ts'
import type { RunEvent } from '../../harness/model/run-log.ts'
import { fixtureRun } from '../../harness/report/fixtures/run.ts'
import { type Element, parseXml } from '../../harness/report/fixtures/xml.ts'
import { REPORTERS } from '../../harness/report/index.ts'
import { STEERING } from './kit/told.ts'
import type { Tree } from './kit/tree.ts'

/** What a string of a capture, a suite, a log or a device may hold. */
const HOSTILE =
  '\u001b[31m\u001b]0;taken\u0007\u009b2J\u0000\u202e\u2066\u2028\n::error::taken\r\n</script><script>taken()</script>"\'><img src=x onerror=taken()>]]>--><!--|`[a](javascript:taken())../../../../etc/passwd'
const RAW = ['<script>taken', '<img src=x', '<!--|']

/** A run in which every text that may be any text is hostile: whatever else a field may hold, its schema still takes. */
function hostileRun(): RunEvent[] {
  return fixtureRun().map((event) => {
    const tree: Tree = JSON.parse(JSON.stringify(event))
    let hostile = tree
    for (const path of textsOf(tree)) {
      const next = put(hostile, path)
      if (runEvent.safeParse(next).success) hostile = next
    }
    return runEvent.parse(hostile)
  })
}

type Path = readonly (string | number)[]

/** Where texts stand; of a list as long as a trace its first alone. */
function textsOf(tree: Tree, path: Path = []): Path[] {
  if (typeof tree === 'string') return [path]
  if (typeof tree !== 'object' || tree === null) return []
  return Object.entries(tree as { readonly [key: string]: Tree })
    .slice(0, 40)
    .flatMap(([key, value]) => textsOf(value, [...path, Array.isArray(tree) ? Number(key) : key]))
}

function put(tree: Tree, [step, ...rest]: Path): Tree {
  if (step === undefined) return `${tree as string}${HOSTILE}`
  if (Array.isArray(tree)) return (tree as readonly Tree[]).with(Number(step), put(tree[Number(step)], rest))
  const record = tree as { readonly [key: string]: Tree }
  return { ...record, [step]: put(record[step] ?? null, rest) }
}

describe('fuzz, what reports show of hostile texts', () => {
  let events: RunEvent[] = []
  before(() => {
    events = hostileRun()
    expect(JSON.stringify(events).split('taken()').length).to.be.above(200)
  })

  const render = (name: keyof typeof REPORTERS) =>
    REPORTERS[name].render(events, { columns: 100, colour: false, live: false })

  for (const name of ['console', 'markdown', 'github', 'junit', 'sarif', 'ctrf', 'json', 'ndjson'] as const)
    it(`${name}: nothing that steers a terminal`, () => {
      const text = render(name)
      const found = STEERING.exec(text)
      expect(
        found === null ? '' : JSON.stringify(text.slice(Math.max(0, found.index - 60), found.index + 20)),
      ).to.equal('')
    })

  for (const name of ['junit', 'html'] as const)
    it(`${name}: no markup`, () => {
      const text = render(name)
      for (const raw of RAW) expect(text.includes(raw), raw).to.equal(false)
    })

  it('markdown: no markup, and no address that runs', async () => {
    const page = await marked.parse(render('markdown'))
    for (const raw of [...RAW, 'href="javascript:']) expect(page.includes(raw), raw).to.equal(false)
  })

  it('junit: is XML whose texts are all there', () => {
    const texts = (element: Element): string => `${JSON.stringify(element)}`
    expect(texts(parseXml(render('junit')))).to.contain('taken()')
  })

  it('github: no command but its own', () => {
    for (const line of render('github').split('\n'))
      if (line.startsWith('::')) expect(line).to.match(/^::(error|warning|notice) (file|title)=[^\r]*$/)
  })

  it('json and ndjson: are read back as they were', () => {
    expect(JSON.stringify(JSON.parse(render('json')))).to.contain('taken()')
    for (const line of render('ndjson').trimEnd().split('\n')) expect(JSON.parse(line)).to.be.an('object')
  })
})

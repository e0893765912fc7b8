import { expect } from 'chai'
import fc from 'fast-check'
import { marked, type Tokens } from 'marked'
import { EVENTS, failures, nasty } from './example-events.test.ts'
import { MARKDOWN_LIMIT, renderMarkdown } from './markdown.ts'

describe('markdown report', () => {
  it('is read by a parser of others as a table of the suites, and an item a case', () => {
    const tokens = marked.lexer(renderMarkdown(EVENTS), { gfm: true })
    expect(tokens.filter(({ type }) => type === 'html')).to.deep.equal([])
    const table = tokens.find((token): token is Tokens.Table => token.type === 'table')
    expect(table?.rows.map(([suite]) => suite?.tokens[0]?.raw)).to.deep.equal([
      '`core`',
      '`aws-network-firewall`',
      '`palo-alto`',
      '**all**',
    ])
    expect(table?.rows.at(-1)?.map(({ text }) => text)).to.deep.equal([
      '**all**',
      '6',
      '1',
      '1',
      '1',
      '2',
      '1',
      '1',
      '2',
    ])
    const [looks] = tokens.filter((token): token is Tokens.List => token.type === 'list')
    expect(looks?.items).to.have.length(6)
    expect(looks?.items.map(({ tokens: [item] }) => (item as Tokens.Text).tokens?.[1]?.raw)).to.deep.equal(
      ['fail', 'flaky', 'unexpected-pass', 'error', 'error', 'inconclusive'].map(
        (outcome) => `**${outcome}**`,
      ),
    )
  })

  it('is read by a parser of others as our markup alone, whatever its texts are', () => {
    const html = (text: string) => String(marked.parse(text, { gfm: true, async: false }))
    const tags = (text: string) => new Set([...html(text).matchAll(/<([a-z\d]+)/g)].map(([, tag]) => tag))
    // An item with an empty line in it has paragraphs.
    const ours = tags(renderMarkdown(EVENTS)).add('p')
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'grapheme-ascii', maxLength: 60 }),
          fc.constantFrom(
            '</details><img src=x>',
            '[a](b)',
            '![a](b)',
            '# x',
            '- x',
            '`',
            '``x`',
            '<https://a.b>',
            'ftp://a.b www.a.b a@b.c',
            '~~x~~',
            '| x |',
          ),
        ),
        (text) => {
          for (const tag of tags(renderMarkdown(nasty(text))))
            expect(ours, `${tag} of ${text}`).to.include(tag)
        },
      ),
      { seed: 7, numRuns: 150 },
    )
  })

  it('fits in a comment, and says how much is left out', () => {
    const text = renderMarkdown(failures(3000))
    expect(text.length).to.be.at.most(MARKDOWN_LIMIT)
    expect(text.length).to.be.above(MARKDOWN_LIMIT * 0.9)
    const items = text.match(/^- ✗ \*\*fail\*\*/gm)?.length ?? 0
    expect(text).to.include(`- … ${3000 - items} more of 3000 are left out here`)
    expect(text).to.include('### Cases that need a look (3000)')
  })

  it('fits whatever its texts are', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.integer({ min: 1, max: 400 }),
        (text, times) => {
          const long = renderMarkdown(nasty(text.repeat(times)).concat(failures(400)))
          expect(long.length).to.be.at.most(MARKDOWN_LIMIT)
        },
      ),
      { seed: 6, numRuns: 25 },
    )
  })

  it('lets no text of a case be markup', () => {
    const text = renderMarkdown(nasty('</details><img src=x> @everyone #12 [a](b) | `c` **d**\n# e'))
    expect(text.replaceAll(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '')).to.not.match(
      /<|@everyone|(?<!&)#12|\[a\]|^# e/m,
    )
  })
})

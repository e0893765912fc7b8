import { expect } from 'chai'
import fc from 'fast-check'
import type { CaseFinished } from '../../../model/run-log.ts'
import { fixtureRun } from '../../fixtures/run.ts'
import { align } from './case/packets.ts'
import { rowsOf } from './ladder/fold.ts'
import { ladder, ladderHead } from './ladder/ladder.ts'
import { markup } from './markup.ts'
import { type TraceView, traceView } from './trace.ts'

function traceOf(part: string): TraceView {
  const finished = fixtureRun().find(
    (event): event is CaseFinished => event.type === 'case-finished' && event.case.name.includes(part),
  )
  const view = finished === undefined ? undefined : traceView({ case: finished.case, finished })
  if (view === undefined) throw new Error(`The fixture has a trace of ${part}.`)
  return view
}

const draw = (view: TraceView, width = 800) => `${ladder(view, width, new Map())}`

describe('rowsOf', () => {
  const long = traceOf('core/download')

  it('folds what is alike and keeps what stands out', () => {
    const rows = rowsOf(long, new Map())
    expect(rows.filter(({ kind }) => kind === 'fold')).to.deep.equal([
      { kind: 'fold', base: 4, from: 4, to: 591 },
    ])
    expect(rows.filter(({ kind }) => kind === 'band')).to.deep.equal([
      { kind: 'band', title: 'after host-swap', text: 'fw-a crashed' },
    ])
  })

  it('unfolds as much as was asked for', () => {
    const rows = rowsOf(long, new Map([[4, 500]]))
    expect(rows.find(({ kind }) => kind === 'fold')).to.deep.equal({
      kind: 'fold',
      base: 4,
      from: 504,
      to: 591,
    })
    expect(rowsOf(long, new Map([[4, 587]])).filter(({ kind }) => kind === 'packet')).to.have.length(600)
  })

  it('shows or folds every packet exactly once, in order, whatever was opened', () => {
    const mix = traceOf('everything')
    fc.assert(
      fc.property(fc.constantFrom(long, mix), fc.nat(700), (view, more) => {
        const indices = rowsOf(view, new Map([[4, more]])).flatMap((row) => {
          if (row.kind === 'packet') return [row.index]
          return row.kind === 'fold' ? Array.from({ length: row.to - row.from }, (_, i) => row.from + i) : []
        })
        expect(indices).to.deep.equal(view.trace.number.map((_, index) => index))
      }),
      { seed: 5, numRuns: 60 },
    )
  })

  it('says silences, events, and what no packet caused', () => {
    const rows = rowsOf(traceOf('everything'), new Map())
    const bands = rows.flatMap((row) => (row.kind === 'band' ? [`${row.title}|${row.text}`] : []))
    expect(bands).to.deep.equal([
      'after idle-gap|fw-a drained · s2c by bypass',
      'sent with no packet as its cause|',
    ])
    const silences = rows.flatMap((row) => (row.kind === 'silence' ? [row.micros] : []))
    expect(silences).to.deep.equal([399_998_600])
  })
})

describe('align', () => {
  it('puts like packets of several replays beside each other, and every packet once', () => {
    const [one, other] = [traceOf('policy:reject/family:ipv4'), traceOf('everything')]
    const lines = align([one, other, one])
    for (const [side, view] of [one, other, one].entries())
      expect(
        lines
          .map((line) => line[side] ?? -1)
          .filter((index) => index >= 0)
          .sort((a, b) => a - b),
      ).to.deep.equal(view.trace.number.map((_, index) => index))
    for (const [a = -1, b = -1, c = -1] of lines) {
      expect(c).to.equal(a)
      if (a >= 0 && b >= 0) expect(one.trace.number[a]).to.equal(other.trace.number[b])
    }
  })
})

describe('ladder', () => {
  it('draws every verdict with a mark of its own', () => {
    const text = draw(traceOf('everything'))
    for (const verdict of 'fdruan') expect(text).to.include(`class="packet v-${verdict}`)
    expect(text.match(/class="emitted/g)).to.have.length(3)
    expect(text).to.include('seq 4026531841 ack 1000, would be ignored')
    expect(text).to.include('drop by lb, not in flow')
  })

  it('ends the road of a drop at the host that decided and lets a forward pass on', () => {
    const trace = traceOf('core/host-swap/data/policy:drop')
    const text = draw(trace)
    const [x = ''] =
      /(?<=text x=")[\d.]+(?=" y="19" class="lane-name" text-anchor="middle">fw-b)/.exec(
        `${ladderHead(trace, 800)}`,
      ) ?? []
    expect(text).to.match(new RegExp(`id="packet-5".*?<path class="end" d="M${x} `, 's'))
    expect(text).to.match(/id="packet-0".*?<path class="head".*?<circle class="via"/s)
  })

  it('puts in words below the road what there is no room for beside it', () => {
    const narrow = draw(traceOf('policy:reject/family:ipv4'), 375)
    expect(narrow).to.include('>✗ drop, stream midstream</text>')
    expect(narrow).to.include('>expected reject towards sender</text>')
  })

  it('is balanced markup at any width', () => {
    for (const width of [300, 375, 679, 680, 820, 1400]) {
      const text = draw(traceOf('everything'), width)
      expect(text).to.not.match(/NaN|undefined|Infinity/)
      for (const tag of ['g', 'svg', 'text', 'tspan', 'title'])
        expect(text.match(new RegExp(`<${tag}[ >]`, 'g'))?.length, tag).to.equal(
          text.match(new RegExp(`</${tag}>`, 'g'))?.length,
        )
    }
  })

  it('gives lanes only to the hosts that packets met, where there are many', () => {
    const finished = fixtureRun().find((event): event is CaseFinished => event.type === 'case-finished')
    if (finished?.trace === undefined) throw new Error('The fixture has a trace.')
    const hosts = Array.from({ length: 250 }, (_, i) => `fw-${i}`)
    const many = { ...finished, trace: { ...finished.trace, hosts } }
    expect(traceView({ case: finished.case, finished: many })?.lanes).to.deep.equal([
      'client',
      'lb',
      'fw-0',
      'fw-1',
      'server',
    ])
  })
})

describe('markup', () => {
  it('escapes every value, in text and in attributes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const made = `${markup`<a title="${text}">${[text, markup`<b>${text}</b>`]}</a>`}`
        expect(made.replaceAll(/<a title="[^"<>]*">|<\/?[ab]>/g, '')).to.not.match(/[<>"']/)
      }),
      { seed: 9, numRuns: 200 },
    )
  })
})

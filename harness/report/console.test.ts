import { stripVTControlCharacters } from 'node:util'
import { expect } from 'chai'
import type { CaseFinished, RunEvent } from '../model/run-log.ts'
import { renderConsole } from './console.ts'
import { fixtureRun } from './fixtures/run.ts'
import { plain } from './plain.ts'
import { screenOf } from './screen.ts'
import { wrap } from './wrap.ts'

const EVENTS = fixtureRun()
const FINISHED = EVENTS.filter((event): event is CaseFinished => event.type === 'case-finished')

function many(count: number, outcome: CaseFinished['outcome'], rest: Partial<CaseFinished> = {}): RunEvent[] {
  const [first] = FINISHED
  if (first === undefined) throw new Error('The fixture has a finished case.')
  return Array.from({ length: count }, (_, i) => ({
    ...first,
    ...rest,
    outcome,
    case: { ...first.case, name: `core/case-${i}/policy:drop`, axes: { policy: 'drop' } },
  }))
}

describe('renderConsole', () => {
  it('keeps to the width, but for a name or a path that is longer', () => {
    for (const columns of [80, 100, 132])
      for (const line of renderConsole(EVENTS, { columns, colour: false, live: false }).split('\n'))
        expect(line.length, line).to.be.at.most(columns)
  })

  it('shows the same with colours and without', () => {
    const coloured = renderConsole(EVENTS, { columns: 80, colour: true, live: true })
    expect(coloured).to.not.equal(renderConsole(EVENTS))
    expect(stripVTControlCharacters(coloured)).to.equal(renderConsole(EVENTS))
  })

  it('folds the rows of a long table that only passed', () => {
    const text = renderConsole([...many(60, 'pass'), ...FINISHED.slice(2, 3)])
    expect(text).to.match(/^… 60 more that passed\s+✓ 60/m)
    expect(text).to.match(/^host-swap\/data/m)
    expect(text).to.not.include('case-3')
  })

  it('says once what is wrong with many cases, and bounds the list', () => {
    const detail = 'The process exited.'
    const errors = renderConsole(many(500, 'error', { detail }))
    expect(errors.split(detail)).to.have.length(2)
    expect(errors).to.include('! error 500 cases on reference')
    const mismatches = FINISHED.find(({ outcome }) => outcome === 'fail')?.mismatches ?? []
    const failures = renderConsole(many(100, 'fail', { mismatches }))
    expect(failures).to.include('… 60 more cases need a look')
  })

  it('counts one case that is skipped as one', () => {
    const skipped = EVENTS.filter(({ type }) => type === 'case-skipped').slice(0, 1)
    const others = EVENTS.filter(({ type }) => type !== 'case-skipped')
    expect(renderConsole([...others, ...skipped])).to.match(/^ {2}lacks +\S.* \(1 case\)$/m)
  })

  it('lists three warnings of a kind, or four, and counts the rest', () => {
    const warnings = (code: string, count: number) =>
      Array.from({ length: count }, (_, i): RunEvent => ({ type: 'warning', code, message: `${code} ${i}.` }))
    const told = (...events: RunEvent[]) =>
      renderConsole([...EVENTS, ...events])
        .split('\n')
        .flatMap((line) => /^warning +(WARN.*|….*)/.exec(line)?.[1] ?? [])
    expect(told(...warnings('WARN_A', 4))).to.deep.equal(['WARN_A 0.', 'WARN_A 1.', 'WARN_A 2.', 'WARN_A 3.'])
    expect(told(...warnings('WARN_A', 20), ...warnings('WARN_B', 1))).to.deep.equal([
      ...['WARN_A 0.', 'WARN_A 1.', 'WARN_A 2.'],
      '… 17 more like these: the html and json reports have all.',
      'WARN_B 0.',
    ])
  })

  it('lets nothing of a name steer the terminal', () => {
    const [first] = many(1, 'fail')
    if (first?.type !== 'case-finished') throw new Error('One case was made.')
    const name = 'core/\u001b]0;taken\u0007\u202e\r\nx'
    const text = renderConsole([{ ...first, case: { ...first.case, name, requirement: name, axes: {} } }])
    expect(text.replaceAll('\n', '')).to.not.match(/[\p{Cc}\u202e]/u)
    expect(text).to.include('\\u{1b}]0;taken\\u{7}\\u{202e}\\u{d}\\u{a}x')
    expect(plain('é😀')).to.equal('é😀')
  })
})

describe('screenOf', () => {
  const terminal = { isTTY: true, columns: 100 }

  it('gives colours to terminals, unless the environment says otherwise', () => {
    expect(screenOf(terminal, {})).to.deep.equal({ columns: 100, colour: true, live: true })
    expect(screenOf({}, {})).to.deep.equal({ columns: 80, colour: false, live: false })
    expect(screenOf({}, { COLUMNS: '60' }).columns).to.equal(60)
    expect(screenOf({}, { COLUMNS: '7' }).columns).to.equal(40)
    for (const COLUMNS of ['', '0', '-60', '6e1', 'wide'])
      expect(screenOf({}, { COLUMNS }).columns, COLUMNS).to.equal(80)
    expect(screenOf(terminal, { COLUMNS: '60' }).columns).to.equal(100)
    expect(screenOf(terminal, { NO_COLOR: '1' }).colour).to.equal(false)
    expect(screenOf({}, { FORCE_COLOR: '1' })).to.include({ colour: true, live: false })
    expect(screenOf(terminal, { FORCE_COLOR: '0' }).colour).to.equal(false)
    expect(screenOf({}, { FORCE_COLOR: '1', NO_COLOR: '1' }).colour).to.equal(false)
    expect(screenOf(terminal, { TERM: 'dumb' })).to.include({ colour: false, live: false })
  })
})

describe('wrap', () => {
  it('breaks between words or items, and not in escape sequences', () => {
    expect(wrap('aa bb cc', 5)).to.equal('aa bb\ncc')
    expect(wrap('aa bbbbbbbb', 4, ' ')).to.equal(' aa\n bbbbbbbb')
    expect(wrap(['a b', 'c d'], 6, '', ', ')).to.equal('a b\nc d')
    expect(wrap('\u001b[31maa\u001b[39m bb', 5)).to.equal('\u001b[31maa\u001b[39m bb')
  })
})

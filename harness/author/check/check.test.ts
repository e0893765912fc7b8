import { join } from 'node:path'
import { expect } from 'chai'
import { loadSuite } from '../../suite/cases.ts'
import { withFiles } from '../../suite/helpers.test.ts'
import { type CheckOptions, checkSuites } from '../check.ts'
import { findingText } from './finding.ts'

const CAPTURES = new URL('../../../captures/', import.meta.url).pathname
const HEAD = `suite: mine
title: Mine
matrix: { policy: [drop, reject] }
cases:
`

/** A case from line 5 of the file on, nine lines long, expecting what is written. */
function caseText(name: string, expected: string, more = ''): string {
  return `  - name: ${name}
    requirement: It is so.
    source: { mark: DOC, where: a guide }
    capture: echo-ladder-ipv4
    inject: [{ host-swap: c2s:data#2 }]
    ${more === '' ? 'flow: 0' : more}
    expect:
      before: forward
      after host-swap: ${expected}
`
}

function found(text: string, options: Partial<CheckOptions> = {}): Promise<readonly string[]> {
  return foundIn({ 'mine.yaml': text }, options)
}

async function foundIn(
  files: Readonly<Record<string, string>>,
  options: Partial<CheckOptions> = {},
): Promise<readonly string[]> {
  const { suites, folder } = withFiles(files, (where) => ({
    folder: where,
    suites: Object.keys(files).map((file) => loadSuite(join(where, file), { captures: [CAPTURES] })),
  }))
  const { findings } = await checkSuites(suites, {
    allowUnreviewed: false,
    reference: true,
    mutants: false,
    signal: new AbortController().signal,
    ...options,
  })
  return findings.map((finding) => findingText(finding).replaceAll(`${folder}/`, '').replaceAll(CAPTURES, ''))
}

describe('author/check', () => {
  it('says nothing of a suite that is as it should be', async () => {
    const good = caseText('one', '{ first: blocked, rest: drop }')
    expect(await found(HEAD + good)).to.deep.equal([])
    expect(await found(HEAD + good, { mutants: true })).to.deep.equal([])
  })

  it('names the line of what the reference contradicts, and the first of the cases in which it does', async () => {
    expect(await found(HEAD + caseText('one', '{ first: drop, rest: drop }'))).to.deep.equal([
      'mine.yaml:13:33: The reference contradicts this. Packet 8 (c2s, after host-swap) was to be drop, and was reject (one/policy:reject).',
    ])
    expect(await found(HEAD + caseText('one', '{ first: forward, rest: forward }'))).to.have.length(3)
    const provisional = '{ first: { is: answered, level: provisional }, rest: drop }'
    expect((await found(HEAD + caseText('one', provisional))).join()).to.match(
      /13:33: The reference contradicts/,
    )
    expect(
      await found(HEAD + caseText('one', '{ first: drop, rest: drop }'), { reference: false }),
    ).to.deep.equal([])
    const tolerated = '{ first: { is: drop, tolerated: reject }, rest: drop }'
    expect(await found(HEAD + caseText('one', tolerated))).to.deep.equal([])
  })

  it('refuses what nobody has looked at, mark by mark, unless it is allowed', async () => {
    const text = HEAD + caseText('one', '{ first: { is: blocked, unreviewed: true }, rest: drop }')
    expect(await found(text)).to.deep.equal([
      'mine.yaml:13:60: Nobody has looked at what is expected here: hold it against what the firewall is to do, and delete the mark.',
    ])
    expect(await found(text, { allowUnreviewed: true })).to.deep.equal([])
  })

  it('names flows and packets that the capture does not hold', async () => {
    const text =
      HEAD +
      caseText('one', 'blocked', 'flow: 4') +
      caseText('two', 'blocked').replace(
        '[{ host-swap: c2s:data#2 }]',
        '[{ host-swap: c2s:data#2 }, { path-return: 99 }]',
      )
    expect(await found(text)).to.deep.equal([
      'mine.yaml:10:11: echo-ladder-ipv4.pcap has flow 0 alone, and no flow 4 (one/policy:drop and 1 more).',
      'mine.yaml:18:41: path-return is to happen at packet 99, but echo-ladder-ipv4.pcap ends at packet 26: choose an earlier position (two/policy:drop and 1 more).',
    ])
  })

  it('names injections that the capture shows to come before what they would undo', async () => {
    const text = HEAD + caseText('one', 'blocked')
    const returning = (at: string) => text.replace('c2s:data#2 }]', `c2s:data#2 }, { path-return: ${at} }]`)
    expect(await found(returning('s2c:data#1'), { reference: false })).to.deep.equal([
      'mine.yaml:9:41: No host-swap and no asymmetric-path comes before it, so it undoes nothing: put one before it, or leave it out (one/policy:drop and 1 more).',
    ])
    expect(await found(returning('s2c:data#2'), { reference: false })).to.deep.equal([])
  })

  it('names cases that are there twice, and axes that change nothing', async () => {
    const twice =
      HEAD +
      caseText('one', '{ first: blocked, rest: drop }') +
      caseText('two', '{ first: blocked, rest: drop }')
    expect(await found(twice)).to.deep.equal([
      'mine.yaml:14:5: This does and expects the same as mine/one/policy:drop (mine.yaml:5): leave one of them out (two/policy:drop).',
      'mine.yaml:14:5: This does and expects the same as mine/one/policy:reject (mine.yaml:5): leave one of them out (two/policy:reject).',
    ])
    const idle = HEAD.replace('drop, reject', 'drop').replace('] }', '], colour: [red, blue] }')
    expect(await found(idle + caseText('one', '{ first: blocked, rest: drop }'))).to.deep.equal([
      'mine.yaml:5:5: An axis of this case changes nothing: leave out the values that give the same case twice (one/policy:drop/colour:blue).',
    ])
  })

  it('names a case that another suite has as well, unless it shows something else there', async () => {
    const one = HEAD + caseText('one', '{ first: blocked, rest: drop }')
    const copied = one.replace('suite: mine', 'suite: other')
    expect(await foundIn({ 'mine.yaml': one, 'other.yaml': copied })).to.have.length(2)
    const again = copied.replace('It is so.', 'It is so for another reason.')
    expect(await foundIn({ 'mine.yaml': one, 'other.yaml': again })).to.deep.equal([])
  })

  it('names cases that stay green whatever the firewall does wrong', async () => {
    const blind = `  - name: blind
    requirement: It is so.
    source: { mark: DOC, where: a guide }
    capture: echo-ladder-ipv4
    inject: [{ host-swap: c2s:data#2 }]
    expect: { after host-swap: { first: [forward, drop, reject] } }
`
    expect(
      await found(HEAD + blind + caseText('one', '{ first: blocked, rest: drop }'), { mutants: true }),
    ).to.have.length(1)
    const [finding] = await found(HEAD + blind, { mutants: true })
    expect(finding).to.match(
      /^mine\.yaml:10:5: Whatever of \d+ things the firewall did wrong, this case would still pass: expect more of it \(blind\/policy:drop\)\.$/,
    )
    expect(await found(HEAD + blind)).to.deep.equal([])
    const unreviewed = caseText('one', '{ first: blocked, rest: drop, unreviewed: true }')
    expect(await found(HEAD + unreviewed, { allowUnreviewed: true, mutants: true })).to.deep.equal([])
  })
})

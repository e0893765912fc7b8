import { expect } from 'chai'
import type { Injection } from '../model/case.ts'
import { parseInjection, parseInjections, parseUnplaced } from './injection-text.ts'

const SECOND = 1e9

describe('suite/injection-text', () => {
  it('reads what the command line writes', () => {
    const swap = { label: 'host-swap', kind: 'host-swap', cause: 'drain' } as const
    const read: Record<string, Injection> = {
      'host-swap@12': { ...swap, at: { packet: 12 } },
      'host-swap@12:crash': { ...swap, at: { packet: 12 }, cause: 'crash' },
      'host-swap@c2s:data#2': { ...swap, at: { before: 'data', direction: 'c2s', nth: 2 } },
      'host-swap@c2s:data#2:crash': {
        ...swap,
        at: { before: 'data', direction: 'c2s', nth: 2 },
        cause: 'crash',
      },
      'host-swap@12:drain,outage': { ...swap, at: { packet: 12 }, during: 'outage' },
      'host-swap@12:unhealthy': { ...swap, at: { packet: 12 }, cause: 'unhealthy' },
      'timeout-change@12:60s': {
        label: 'timeout-change',
        kind: 'timeout-change',
        at: { packet: 12 },
        scope: 'lb',
        tcpIdle: 60,
      },
      'timeout-change@12:hosts=60s': {
        label: 'timeout-change',
        kind: 'timeout-change',
        at: { packet: 12 },
        scope: 'hosts',
        tcpIdle: 60,
      },
      'table-full@12:hosts': { label: 'table-full', kind: 'table-full', at: { packet: 12 }, scope: 'hosts' },
      'table-full@12:hosts=60s': {
        label: 'table-full',
        kind: 'table-full',
        at: { packet: 12 },
        scope: 'hosts',
        lasts: 60e9,
      },
      'replication-loss@12:flow': {
        label: 'replication-loss',
        kind: 'replication-loss',
        at: { packet: 12 },
        scope: 'flow',
      },
      'table-full@12': { label: 'table-full', kind: 'table-full', at: { packet: 12 }, scope: 'lb' },
      'table-full@12:60s': {
        label: 'table-full',
        kind: 'table-full',
        at: { packet: 12 },
        scope: 'lb',
        lasts: 60 * SECOND,
      },
      'host-swap@1.5s': { ...swap, at: { time: 1.5 * SECOND } },
      'idle-gap@12:400s': {
        label: 'idle-gap',
        kind: 'idle-gap',
        at: { packet: 12 },
        gap: 400 * SECOND,
        scope: 'flow',
      },
      'asymmetric-path@12:s2c=fw-b': {
        label: 'asymmetric-path',
        kind: 'asymmetric-path',
        at: { packet: 12 },
        direction: 's2c',
        to: 'fw-b',
        scope: 'flow',
      },
      'asymmetric-path@1:c2s=bypass': {
        label: 'asymmetric-path',
        kind: 'asymmetric-path',
        at: { packet: 1 },
        direction: 'c2s',
        to: 'bypass',
        scope: 'flow',
      },
      'path-return@20': { label: 'path-return', kind: 'path-return', at: { packet: 20 } },
      'reconnect@15': {
        label: 'reconnect',
        kind: 'reconnect',
        at: { packet: 15 },
        tuple: 'new-port',
        delay: SECOND,
      },
      'reconnect@fin:same': {
        label: 'reconnect',
        kind: 'reconnect',
        at: { before: 'fin', nth: 1 },
        tuple: 'same',
        delay: SECOND,
      },
      'duplicate@14:c2s': { label: 'duplicate', kind: 'duplicate', at: { packet: 14 }, direction: 'c2s' },
    }
    for (const [text, state] of Object.entries({ 'store-outage@12': 'down', 'store-outage@12:full': 'full' }))
      expect(parseInjection(text)).to.deep.equal({
        kind: 'store-outage',
        label: 'store-outage',
        at: { packet: 12 },
        state,
      })
    for (const [text, injection] of Object.entries(read))
      expect(parseInjection(text), text).to.deep.equal(injection)
  })

  it('labels the second of a kind', () => {
    const labels = parseInjections(['host-swap@3', 'idle-gap@4:1s', 'host-swap@5']).map(({ label }) => label)
    expect(labels).to.deep.equal(['host-swap', 'idle-gap', 'host-swap#2'])
  })

  it('refuses the rest, saying how it is written', () => {
    const refused: Record<string, RegExp> = {
      'host-swp@1': /"host-swp" is not an injection: .* Did you mean "host-swap"\?$/,
      'host-swap': /It has no position: write host-swap@12/,
      'host-swap@': /It has no position/,
      'host-swap@0': /"0" is not a position/,
      'host-swap@c2s:dta': /Did you mean "data"\?$/,
      'host-swap@12:crush': /Write host-swap@12, host-swap@12:crash or host-swap@12:crash,outage\.$/,
      'host-swap@12:crash,now': /Write host-swap@12, /,
      'host-swap@12:crash,outage,x': /Write host-swap@12, /,
      'timeout-change@12': /Write timeout-change@12:60s or timeout-change@12:hosts=60s\.$/,
      'timeout-change@12:59s': /out of range: write 60s to 6000s/,
      'table-full@12:x': /"x" is not a duration/,
      'idle-gap@3': /Write idle-gap@12:400s\.$/,
      'idle-gap@3:x': /"x" is not a duration/,
      'idle-gap@3:0s': /longer than 0s/,
      'asymmetric-path@3:up=fw-b': /Write asymmetric-path@12:s2c=fw-b/,
      'path-return@3:now': /Write path-return@20\.$/,
      'store-outage@3:gone': /Write store-outage@12, store-outage@12:slow or store-outage@20:up\.$/,
      'duplicate@4': /Write duplicate@14:c2s\.$/,
      'segment@4:c2s': /write a suite/,
      '': /is not an injection/,
    }
    for (const [text, sentence] of Object.entries(refused))
      expect(() => parseInjection(text), text)
        .to.throw(sentence)
        .with.property('code', 'ERR_INJECTION')
  })

  it('reads injections without a place as those at a packet, and says without a place what is wrong', () => {
    const fail = (message: string): never => {
      throw new Error(message)
    }
    const texts = ['host-swap:crash', 'idle-gap:400s', 'asymmetric-path:s2c=fw-b', 'host-swap']
    const placed = texts.map((text) => text.replace(/^[^:]*/, '$&@17'))
    expect(parseUnplaced(texts, 17, fail)).to.deep.equal(parseInjections(placed))
    for (const [text, sentence] of [
      ['host-swap:burn', 'Write host-swap, host-swap:crash or host-swap:crash,outage.'],
      ['idle-gap', 'Write idle-gap:400s.'],
      ['idle-gap:long', /^"long" is not a duration/],
      ['table-full:x', /^"x" is not a duration/],
      ['host-swp', /^"host-swp" is not an injection: .* Did you mean "host-swap"\?$/],
      ['segment', 'A segment has too many numbers for an option: write a suite.'],
    ] as const) {
      const read = () => parseUnplaced([text], 12, fail)
      if (typeof sentence === 'string') expect(read, text).to.throw(sentence)
      else expect(read, text).to.throw(sentence)
      expect(read, text).to.throw(/^[^@]*$/)
    }
  })
})

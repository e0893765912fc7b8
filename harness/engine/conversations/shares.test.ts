import { expect } from 'chai'
import { Kind } from '../../model/codes.ts'
import { batchOf } from '../oracle-cases.test.ts'
import { CLASSES, written } from './conversation.test.ts'
import { makeConversation, makeConversations } from './generate.test.ts'

const GAPS = [59, 60, 61, 599, 600, 601] as const

describe('engine: random conversations', () => {
  const conversations = makeConversations(1, 2000, { gaps: GAPS })
  const frames = conversations.flatMap((conversation) => conversation.frames)
  const share = (what: (typeof CLASSES)[number]) =>
    frames.filter(({ kind }) => kind === what).length / frames.length

  it('are anomalous in one packet of five at least, and no class of anomaly is missing', () => {
    expect(1 - share('in-order')).to.be.within(0.2, 0.6)
    for (const kind of ['out-of-window', 'overlap', 'bad-ack', 'rst', 'fin', 'reuse', 'odd-flags'] as const)
      expect(share(kind), kind).to.be.greaterThan(0.015)
    for (const kind of CLASSES) expect(share(kind), kind).to.be.greaterThan(0.002)
  })

  it('are of both families and of TCP, UDP and ICMP', () => {
    const part = (of: (conversation: (typeof conversations)[number]) => boolean) =>
      conversations.filter(of).length / conversations.length
    expect(part(({ family }) => family === 'ipv6')).to.be.within(0.3, 0.4)
    expect(part(({ protocol }) => protocol === 'tcp')).to.be.within(0.8, 0.9)
    expect(part(({ protocol }) => protocol === 'udp')).to.be.greaterThan(0.05)
    expect(part(({ protocol }) => protocol === 'icmp')).to.be.greaterThan(0.03)
  })

  it('are frames that can be read, in order of time', () => {
    const batch = batchOf(frames)
    const kinds = new Set(batch.kind.subarray(0, batch.count))
    expect(kinds.has(Kind.malformed)).to.equal(false)
    for (const kind of [Kind.tcp4, Kind.tcp6, Kind.udp4, Kind.udp6, Kind.icmp4, Kind.icmp6, Kind.fragment4])
      expect(kinds.has(kind)).to.equal(true)
    for (const { frames: own } of conversations)
      expect(own.every(({ time }, index) => time >= (own[index - 1]?.time ?? 0))).to.equal(true)
  })

  it('come out the same from the same seed and index, whatever else is made, and others from another', () => {
    const [again] = makeConversations(1, 1, { gaps: GAPS, first: 1234 })
    expect(again?.frames).to.deep.equal(conversations[1234]?.frames)
    const texts = new Set(conversations.map((conversation) => written(conversation.frames)))
    expect(texts.size).to.be.greaterThan(1990)
    const other = makeConversation(2, 1234, { gaps: GAPS }).frames
    expect(written(other)).to.not.equal(written(conversations[1234]?.frames ?? []))
  })

  it('can be read as text', () => {
    const text = written(makeConversation(1, 3, {}).frames)
    expect(text.split('\n')[0]).to.match(/^ +0\.\d{3} [<>] \S+ .*\[\S+\]$/)
  })
})

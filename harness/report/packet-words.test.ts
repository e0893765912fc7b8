import { expect } from 'chai'
import { FIRST_CHUNK, OTHER_CHUNK, SCTP_CHUNKS } from '../model/carried.ts'
import { Kind, Tcp } from '../model/codes.ts'
import { contentWords } from './packet-words.ts'

const SCTP = 132

function chunks(...names: readonly string[]): number {
  return names.reduce(
    (bits, name) => bits | (1 << (FIRST_CHUNK + SCTP_CHUNKS.findIndex(([, known]) => known === name))),
    SCTP,
  )
}

describe('report/packet-words', () => {
  it('tells the flags of TCP, and the protocol of the rest', () => {
    expect(contentWords(Kind.tcp4, Tcp.psh | Tcp.ack, 128)).to.equal('PSH ACK 128 B')
    expect(contentWords(Kind.tcp6, 0, 0)).to.equal('no flags')
    expect(contentWords(Kind.udp6, 0, 40)).to.equal('UDP 40 B')
    expect(contentWords(Kind.ip4, 47, 40)).to.equal('GRE 40 B')
    expect(contentWords(Kind.ip6, 89, 64)).to.equal('OSPF 64 B')
    expect(contentWords(Kind.ip6, 253, 8)).to.equal('IP protocol 253 8 B')
  })

  it('tells the chunks of SCTP, those with data last', () => {
    expect(contentWords(Kind.ip4, chunks('INIT'), 140)).to.equal('SCTP INIT 140 B')
    expect(contentWords(Kind.ip6, chunks('DATA', 'SACK'), 52)).to.equal('SCTP SACK + DATA 52 B')
    expect(contentWords(Kind.ip4, SCTP, 12)).to.equal('SCTP 12 B')
    expect(contentWords(Kind.ip4, SCTP | (1 << OTHER_CHUNK), 16)).to.equal('SCTP other 16 B')
  })

  it('has a bit for every chunk', () => {
    const all = SCTP_CHUNKS.map(([, name]) => name)
    expect(contentWords(Kind.ip4, chunks(...all), 0)).to.equal(`SCTP ${all.join(' + ')}`)
    expect(1 << OTHER_CHUNK).to.be.above(0)
  })

  it('says as much as logs of earlier versions have', () => {
    expect(contentWords(Kind.ip4, 0, 140)).to.equal('IPv4 140 B')
    expect(contentWords(Kind.ip6, 0, 0)).to.equal('IPv6')
  })
})

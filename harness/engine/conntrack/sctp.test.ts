import { expect } from 'chai'
import { Chunk } from '../../wire/sctp.ts'
import { Lab, type LabOptions } from '../example-engine.test.ts'
import { OPEN, said, TAGS } from './sctp-said.test.ts'
import { nextSctpState, SCTP_INVALID, SctpState } from './sctp-states.ts'

const LINUX: LabOptions = { profile: 'linux-conntrack', exception: 'drop' }
const INVALID = 'drop ct invalid'
const [INIT] = OPEN
const DATA = { side: 0, chunk: Chunk.data } as const

describe('conntrack: SCTP', () => {
  it('follows an association by its tags, and calls what is of none invalid', () => {
    const lab = new Lab(LINUX)
    expect(lab.play(said(DATA))).to.deep.equal([INVALID])
    expect(lab.play(...OPEN, said(DATA))).to.deep.equal(Array(5).fill('forward'))
    expect(lab.play(said({ ...DATA, tag: TAGS[0] }), said({ ...DATA, tag: 0 }))).to.deep.equal([
      INVALID,
      INVALID,
    ])
    expect(lab.play(said({ side: 1, chunk: Chunk.abort }), said({ ...DATA, at: 9 }))).to.deep.equal([
      'forward',
      'forward',
    ])
    expect(lab.play(said({ ...DATA, at: 19 }))).to.deep.equal([INVALID])
  })

  it('lives for as long as its state says, which an INIT that is sent again does not make longer', () => {
    const lab = new Lab(LINUX)
    const again = said({ side: 0, chunk: Chunk.init, at: 9 })
    const answer = (at: number) => said({ side: 1, chunk: Chunk.initAck, at })
    expect(lab.play(INIT, again, answer(10))).to.deep.equal(['forward', 'forward', INVALID])
    const open = new Lab(LINUX)
    open.play(...OPEN)
    expect(open.play(said({ ...DATA, at: 209.9 }), said({ ...DATA, at: 420 }))).to.deep.equal([
      'forward',
      INVALID,
    ])
  })

  it('lets both sides open at once, but neither change its mind then', () => {
    const lab = new Lab(LINUX)
    const other = said({ side: 1, chunk: Chunk.init })
    expect(lab.play(INIT, other)).to.deep.equal(['forward', 'forward'])
    const answers = [22, 33].map((own) => said({ side: 1, chunk: Chunk.initAck, own }))
    expect(lab.play(...answers)).to.deep.equal(['forward', INVALID])
  })

  it('takes another tag once a heartbeat with one was answered with one', () => {
    const lab = new Lab(LINUX)
    lab.play(...OPEN)
    const beat = said({ side: 0, chunk: Chunk.heartbeat, tag: 5 })
    const answer = said({ side: 1, chunk: Chunk.heartbeatAck, tag: 6 })
    const newData = said({ side: 1, chunk: Chunk.data, tag: 6 })
    expect(lab.play(answer, newData)).to.deep.equal([INVALID, INVALID])
    expect(lab.play(beat, answer, newData)).to.deep.equal(Array(3).fill('forward'))
  })

  it('is as wrong as its checksum where those are looked at', () => {
    const lab = new Lab({ ...LINUX, knobs: { badChecksum: 'invalid' } })
    const bytes = INIT.bytes.slice()
    bytes[bytes.length - 1] = 1
    expect(lab.play({ ...INIT, bytes }, INIT)).to.deep.equal([INVALID, 'forward'])
    expect(new Lab(LINUX).play({ ...INIT, bytes })).to.deep.equal(['forward'])
  })

  it('leads from state to state by chunk and direction, and nowhere by others', () => {
    const { none, closed, cookieWait, cookieEchoed, established } = SctpState
    expect(nextSctpState(0, Chunk.init, none)).to.equal(closed)
    expect(nextSctpState(1, Chunk.init, none)).to.equal(SCTP_INVALID)
    expect(nextSctpState(1, Chunk.initAck, closed)).to.equal(cookieWait)
    expect(nextSctpState(0, Chunk.cookieEcho, cookieWait)).to.equal(cookieEchoed)
    expect(nextSctpState(1, Chunk.cookieAck, cookieEchoed)).to.equal(established)
    for (const state of Object.values(SctpState))
      for (const type of [Chunk.data, Chunk.sack, 12, 15, 16, 255])
        expect(nextSctpState(0, type, state)).to.equal(state)
  })
})

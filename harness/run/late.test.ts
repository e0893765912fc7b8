import { expect } from 'chai'
import { type Leaving, passing } from '../observe/live/fake-port.test.ts'
import { type LiveDevice, playedLive, segments } from './live-case.test.ts'

const suite = (expected: string) => `
suite: late
title: For tests
setup: { profile: suricata-7, hosts: [fw-a, fw-b] }
cases:
  - name: late
    requirement: What comes out late has come out.
    source: { mark: SRC, product: suricata, where: a test }
    capture: echo-ladder-ipv4
    inject: [{ timeout-change: { at: "c2s:data#2", tcp-idle: 100s, scope: hosts } }]
    expect: { before: ${expected} }
`

/** Keeps the first packet with data until something happens to the hosts: until it has been given up. */
function holding(): LiveDevice {
  let kept: Leaving | undefined
  let over = false
  const device = segments((arm, frame) => {
    const [leaving] = passing(arm, frame)
    if (over || arm !== 0 || frame.length <= 60) return leaving === undefined ? [] : [leaving]
    over = true
    kept = leaving
    return []
  })
  return { device, happened: (port) => port.leave(kept === undefined ? [] : [kept]) }
}

describe('run, packets that come out late', () => {
  it('have been forwarded, and how late stands in the log', async () => {
    const { outcome, trace, sightings } = await playedLive(holding, suite('forward'))
    expect(outcome).to.equal('pass')
    expect(trace?.verdict).to.match(/^f+$/)
    // Others may be late too, on a machine under load.
    const { indices = [], after = [] } = sightings?.find(({ kind }) => kind === 'late') ?? {}
    expect(indices).to.include(3)
    expect(after[indices.indexOf(3)]).to.be.greaterThan(50_000)
  })

  it('fail a case that wants them dropped, which says how late', async () => {
    const { outcome, mismatches } = await playedLive(holding, suite('blocked'))
    expect(outcome).to.equal('fail')
    expect(mismatches[3]?.observed).to.match(/^forward, late by \d+\.\d{3} s$/)
  })
})

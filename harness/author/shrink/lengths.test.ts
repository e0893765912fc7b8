import { expect } from 'chai'
import { verifyChecksums } from '../../wire/verify.ts'
import { caseFrom, recordedFor, reference } from './example.test.ts'
import { cutPayload, lengthsBelow } from './lengths.ts'
import { TrialPlayer } from './player.ts'
import { trialOf, wholeOf } from './variant.ts'

describe('author/shrink: payload lengths', () => {
  it('are nothing, and the powers of two below what there is', () => {
    expect(lengthsBelow(0)).to.deep.equal([])
    expect(lengthsBelow(1)).to.deep.equal([0])
    expect(lengthsBelow(9)).to.deep.equal([0, 1, 2, 4, 8])
  })

  for (const capture of ['http-get-ipv6', 'bulk-wscale-ipv4', 'retransmission-ipv4'])
    it(`${capture}: whatever is cut out of a stream, it stays one that a strict firewall lets through`, async () => {
      const test = caseFrom(`
capture: ${capture}
setup: { profile: linux-conntrack, policy: drop }
expect: { before: forward }`)
      const recorded = await recordedFor(test)
      const whole = wholeOf(test, recorded)
      const bytes = recorded.batch.bytes.slice()
      const withData = whole.pieces.flatMap(({ payload }, at) => (payload > 1 ? [at] : []))
      const chosen = withData.filter((_, nth) => nth % Math.ceil(withData.length / 6) === 0)
      const trials = chosen.flatMap((at) =>
        [0, 1, Math.floor((whole.pieces[at]?.payload ?? 0) / 2)].map((keep) => {
          const pieces = cutPayload(whole, whole.pieces, at, keep)
          if (pieces === undefined) throw new Error('It can be cut.')
          expect(pieces[at]?.payload).to.equal(keep)
          for (const { frame, link } of pieces) expect(verifyChecksums(frame, link)).not.to.equal('bad')
          const trial = trialOf(whole, { pieces, events: [] }, `${at} ${keep}`)
          if (trial === undefined) throw new Error('It can be played.')
          return trial
        }),
      )
      await using player = new TrialPlayer(reference, 1, new AbortController().signal)
      const [first] = trials
      if (first !== undefined) await player.open(first)
      const played = await player.play(trials)
      expect(played.map((attempt) => attempt?.outcome)).to.deep.equal(trials.map(() => 'pass'))
      // What is cut from is never changed.
      expect(recorded.batch.bytes).to.deep.equal(bytes)
    })

  it('of datagrams are their own matter', async () => {
    const test = caseFrom('capture: udp-ladder-ipv4\nexpect: { before: forward }')
    const whole = wholeOf(test, await recordedFor(test))
    const pieces = cutPayload(whole, whole.pieces, 1, 3)
    expect(pieces?.map(({ payload }) => payload)).to.deep.equal(
      whole.pieces.map(({ payload }, at) => (at === 1 ? 3 : payload)),
    )
    expect(verifyChecksums(pieces?.[1]?.frame ?? new Uint8Array(), pieces?.[1]?.link ?? 0)).to.equal('ok')
  })
})

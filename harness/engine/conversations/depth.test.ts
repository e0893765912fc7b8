import { type Case, play } from './play.test.ts'

/** An error that makes Suricata keep the data of the session that is picked up after it, whatever it tells. */
const KEEPING = ['< FA -69999 1', '< PA 3 1 len=40']
/** Beyond the reassembly depth, without data. */
const LEAP = '< A 1100000 1'
/** Stale data with a FIN, which is an error unless it is passed over. */
const STALE = '< FA -100 1 len=50'

/** Conversations about how far a stream is kept. */
const CASES: readonly Case[] = [
  ['a number beyond the depth, without data, ends nothing', [...KEEPING, LEAP, STALE], ['forward']],
  ['nor does data before it', [...KEEPING, LEAP, '< PA 50 1 len=2', STALE], ['forward']],
  ['nor an acknowledgement beyond the depth', [...KEEPING, '> FA 1 1100000', '< S -100 len=50'], ['forward']],
  ['data beyond the depth does', [...KEEPING, LEAP, '< PA 1100000 1 len=2', STALE], ['drop stream error']],
]

describe('engine against real Suricata: the reassembly depth', () => {
  it('every packet, and the last one as it is said to be', () =>
    play(CASES, { exception: 'continue', midstream: true }))
})

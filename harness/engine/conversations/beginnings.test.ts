import { type Case, play } from './play.test.ts'

/** The highest bit of a timestamp, which makes it older than none. */
const HIGH = 3_000_000_000

const CASES: readonly Case[] = [
  [
    'a single byte of a SYN gets lost, and what is lost makes Suricata believe a RST that is wrong',
    ['> S 0 len=1 tfo', '< SA 0 2', '> A 2 1', '> PA 2 1 len=40', '> R 90'],
    ['forward'],
  ],
  [
    'two do not',
    ['> S 0 len=2 tfo', '< SA 0 3', '> A 3 1', '> PA 3 1 len=40', '> R 90'],
    ['drop stream error'],
  ],
  [
    'a timestamp of 0 in a SYN is one, after which others may be too old',
    ['> S 0 ts=0/0', '< SA 0 1 ts=100/0', `> A 1 1 ts=${HIGH}/100`],
    ['drop stream error'],
  ],
]

/** The same where a side may be seen alone. */
const ALONE: readonly Case[] = [
  [
    "whatever is the server's first timestamp is right where its SYN-ACK was not seen",
    ['> S 0 ts=9/0', '> A 1 1 ts=10/0', `< A 1 1 ts=${HIGH}/10`],
    ['forward'],
  ],
  [
    'unless there was one that was not kept, of a FIN that takes a number',
    ['> S 0 ts=9/0', '> A 1 1 ts=10/0', '< FA 1 1 ts=30/10', `< A 2 1 len=2 ts=${HIGH}/11`],
    ['drop stream error'],
  ],
  [
    'and unless it sent a SYN of its own, whose timestamp counts',
    ['> S 0 ts=9/0', '< S 0 ts=500/9', '> A 1 1 ts=10/500', '< A 1 1 ts=400/10'],
    ['drop stream error'],
  ],
  [
    'even if that is 0',
    ['> S 0 ts=9/0', '< S 0 ts=0/9', '> A 1 1 ts=10/0', `< A 1 1 ts=${HIGH}/10`],
    ['drop stream error'],
  ],
  [
    'but not if it has none',
    ['> S 0 ts=9/0', '< S 0', '> A 1 1 ts=10/0', `< A 1 1 ts=${HIGH}/10`],
    ['forward'],
  ],
  [
    "data that ends the handshake is the client's, though a SYN-ACK turned the flow round wrongly",
    [
      '< PA -2000000 -2999999 ts=900/1',
      '> SA -3000000 -2000000 ts=100/900',
      '< PA -900000 -2999999 len=1000 ts=901/100',
      '> PA -4048575 -1999900 ts=101/901',
      '> A -2999999 -1999898 len=2 ts=102/901',
    ],
    ['forward', 'drop stream error', 'drop stream error'],
  ],
]

describe('engine against real Suricata: beginnings of sessions', () => {
  it('every packet, and the last ones as they are said to be', () => play(CASES, { exception: 'continue' }))

  it('the same where a side may be seen alone', () =>
    play(ALONE, { exception: 'continue', asyncOneside: true }))
})

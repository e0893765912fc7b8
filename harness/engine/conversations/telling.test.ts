import { type Case, play, QUIET } from './play.test.ts'

const HANDSHAKE = ['> S 0 ts=100/0', '< SA 0 1 ts=100/100', '> A 1 1 ts=101/100']
const BARE = ['> S 0', '< SA 0 1', '> A 1 1']
/** What an old timestamp makes an error unless it is passed over for coming from before the first byte. */
const STALE = '< PA -90 1 len=20 ts=5/102'
const STALE_OF_CLIENT = '> PA -90 41 len=20 ts=5/102'
const CLIENT_MISSED = ['< PA 1 1 len=40', '> FA 2 41 len=30', '< A 41 1']
const SERVER_MISSED = ['> PA 1 1 len=300', '> FA 301 1', '< PA 2 301 len=100', '> A 302 102']

/** Data of one side, of which the other acknowledges all and says nothing. */
const oneSided = (way: '>' | '<', bytes: number) =>
  Array.from({ length: bytes / 1000 }, (_, n) => [
    `${way} PA ${1 + n * 1000} 1 len=1000`,
    `${way === '>' ? '<' : '>'} A 1 ${1001 + n * 1000}`,
  ]).flat()
/** Stale data of the client's, and only that, with a SYN, which is an error unless it is passed over. */
const SYN_OF_CLIENT = '> S -50 len=10'

/** Conversations about when an application is given up and when data is lost, and what becomes of their last packets. */
const CASES: readonly Case[] = [
  [
    'a byte in the place of the FIN is the first one: nothing is missed, and no wrong RST is believed',
    [...HANDSHAKE, '< F 1', '< PA 1 9 len=1', '< PA 2 9 len=1400', '< RA 70000 9'],
    ['drop stream error'],
  ],
  [
    'the FIN after 7 bytes of the server is no eighth',
    [...HANDSHAKE, '> PA 1 1 len=400', '< PA 1 401 len=7', '< FA 8 401', STALE, STALE],
    ['forward', 'forward'],
  ],
  [
    'the FIN of 7 bytes of the server is no eighth',
    [...HANDSHAKE, '> PA 1 1 len=400', '< FA 1 401 len=7', '> A 401 9', STALE, STALE],
    ['forward', 'forward'],
  ],
  [
    'the FIN of 8 bytes of the server comes after all that tells',
    [...HANDSHAKE, '> PA 1 1 len=400', '< FA 1 401 len=8', '> A 401 10', STALE, STALE],
    ['drop stream error', 'drop stream error'],
  ],
  [
    "the server's ACK tells, since the client's first bytes are missing, whose data is kept until its next packet",
    [...HANDSHAKE, ...CLIENT_MISSED, STALE, STALE_OF_CLIENT, STALE_OF_CLIENT],
    ['drop stream error', 'forward', 'drop stream error'],
  ],
  [
    'that next packet may be any',
    [...HANDSHAKE, ...CLIENT_MISSED, '> A 31 41', STALE_OF_CLIENT],
    ['forward', 'drop stream error'],
  ],
  [
    "the client's ACK tells, since the server's first bytes are missing, whose data is kept until its next packet",
    [...HANDSHAKE, ...SERVER_MISSED, STALE_OF_CLIENT, STALE, STALE],
    ['drop stream error', 'forward', 'drop stream error'],
  ],
  [
    "the server's first bytes tell, which come last; the client's data is kept until its next packet",
    [
      ...HANDSHAKE,
      '> PA 1 1 len=300',
      '< PA 5 301 len=100',
      '< PA 1 301 len=4',
      STALE_OF_CLIENT,
      STALE_OF_CLIENT,
    ],
    ['forward', 'drop stream error'],
  ],
  [
    "the server's first bytes come after they were given up for missing: they tell nothing any more",
    [
      ...HANDSHAKE,
      '< FA 101 1 len=30 ts=101/100',
      '< PA 1 6 len=536 ts=102/100',
      '> PA 6 1073 len=1200 ts=103/102',
      '> PA 1206 1073 len=1 ts=104/102',
      '> A 1207 -1073740751 ts=105/102',
      '< FA 1073 1207 len=100 ts=106/105',
      '< PA -90 1207 len=2 ts=5/105',
    ],
    ['forward'],
  ],
  [
    "the server's data is kept until its next packet, also where all came in order",
    [...HANDSHAKE, '< PA 1 1 len=40', '> PA 1 41 len=40', STALE, STALE],
    ['forward', 'drop stream error'],
  ],
  [
    "the client's data is kept until its next packet, also where all came in order",
    [...HANDSHAKE, '> PA 1 1 len=40', '< PA 1 41 len=40', STALE_OF_CLIENT, STALE_OF_CLIENT],
    ['forward', 'drop stream error'],
  ],
  [
    'and so it is after what was not in order',
    [...HANDSHAKE, '< PA 1 1 len=40', '> PA 1 41 len=40', '> PA 61 41 len=40', STALE, STALE],
    ['forward', 'drop stream error'],
  ],
  [
    'a FIN in the place of a byte that came takes nothing from it: nothing is missed, and no wrong RST is believed',
    [...BARE, '< A 1 1 len=1', '< FA 1 1442', '< PA 2 1442 len=20', '> A 1 1883', '> R 1'],
    ['drop stream error'],
  ],
  [
    'nor does a FIN end it that takes back what told',
    [...BARE, '< PA 1 1 len=50', '> A 1 101 len=1000', '> FA 1 1', '< PA 0 1 len=1'],
    ['forward'],
  ],
  [
    'that next packet may acknowledge what is not taken note of',
    [...HANDSHAKE, '< PA 1 1 len=40', '> A 1 1000 len=40', '< A 41 41', STALE],
    ['drop stream error'],
  ],
  [
    'nor does it end with what the side sends that told',
    [...BARE, '< PA 1 1 len=1000', '> FA 1 1 len=30', '> SA 999 1', '< PA -90 1 len=20', '< PA -90 1 len=20'],
    ['drop stream error', 'forward', 'drop stream error'],
  ],
  [
    'a number that a FIN without ACK set back to 0 makes no stream too long',
    [...BARE, '< FA 101 1 len=30', '> FPU 1 len=100', '> F -99', '< PA 0 1 len=1'],
    ['forward'],
  ],
  [
    "where both sides close at once the client's window is what it says itself: what the server says after it looks like a wrong update",
    [
      '> S 0',
      '< SA 0 1 win=9',
      '> A 1 1',
      '< FA 1 1 win=9',
      '> F 1',
      '> A 1 2',
      '< PA 5000 9000 len=20 win=9',
    ],
    ['forward'],
  ],
  [
    "after the server's FIN an acknowledgement half the number space away is not ahead, and tells nothing of what was sent",
    [
      '> S 0 scale=5',
      '< SA 0 1 scale=5',
      '> A 1 1 len=2',
      '< A 1 101',
      '> PA -2147483647 1',
      '< FA 1 101',
      '< A 1 1',
      '> FA -99 1',
    ],
    ['forward'],
  ],
  [
    'nor is it kept where that side told, with any flags, and acknowledged nothing',
    [...HANDSHAKE, '> PA 1 1 len=40', '< PAU 1 1 len=40', STALE],
    ['drop stream error'],
  ],
  [
    'that next packet may be an error',
    [...HANDSHAKE, '> PA 1 1 len=40', '< PA 1 41 len=40', '> SA 0 1', STALE_OF_CLIENT],
    ['drop stream error', 'drop stream error'],
  ],
  [
    '100,000 bytes of the client without an answer are not too much',
    [...HANDSHAKE, ...oneSided('>', 100_000), SYN_OF_CLIENT],
    ['forward'],
  ],
  ['more are', [...HANDSHAKE, ...oneSided('>', 101_000), SYN_OF_CLIENT], ['drop stream error']],
  [
    'a window that lets more be sent makes that the measure',
    ['> S 0', '< SA 0 1 scale=2', '> A 1 1', ...oneSided('>', 101_000), SYN_OF_CLIENT],
    ['drop stream error'],
  ],
  [
    'which is the other side',
    ['> S 0 scale=2', '< SA 0 1 scale=2', '> A 1 1', ...oneSided('>', 101_000), SYN_OF_CLIENT],
    ['forward'],
  ],
  ['and of the server', [...HANDSHAKE, ...oneSided('<', 101_000), STALE], ['drop stream error']],
  ...[
    [443, 80, 'forward'],
    [80, 80, 'drop stream error'],
    [443, QUIET, 'drop stream error'],
  ].map(
    ([own, port, last]): Case => [
      `the client's port is ${own}, the server's ${port}`,
      [...HANDSHAKE, '> PA 1 1 len=40', '< PA 1 41 len=40', '> A 41 41', '< A 41 41', STALE].map(
        (line) => `${line} port=${own}`,
      ),
      [String(last)],
      Number(port),
    ],
  ),
  ...[
    [80, 24, 40, 'forward'],
    [80, 25, 40, 'drop stream error'],
    [80, 40, 8, 'forward'],
    [80, 40, 9, 'drop stream error'],
    [53, 40, 14, 'forward'],
    [53, 40, 15, 'drop stream error'],
    [445, 35, 40, 'forward'],
    [445, 36, 36, 'drop stream error'],
    [445, 40, 35, 'forward'],
    [3389, 40, 16, 'forward'],
    [3389, 17, 17, 'drop stream error'],
    [443, 17, 8, 'drop stream error'],
  ].map(([port, client, server, last]): Case => {
    const name = `port ${port}: ${client} bytes of the client and ${server} of the server`
    const [own, other] = [Number(client) + 1, Number(server) + 1]
    const lines = [
      `> PA 1 1 len=${client}`,
      `< PA 1 ${own} len=${server}`,
      `> A ${own} ${other}`,
      `< A ${other} ${own}`,
      `> A ${own} ${other}`,
    ]
    return [name, [...HANDSHAKE, ...lines, STALE], [String(last)], Number(port)]
  }),
]

/** The same where sessions are picked up midway. */
const PICKED_UP: readonly Case[] = [
  [
    "the packet that a session is picked up on tells: the other side's data is kept until its first packet",
    ['> PA 1 1 len=100', '< FR -90 len=2', '< FR -90 len=2'],
    ['forward', 'drop stream error'],
  ],
  [
    "where the flow's server sent it, to whom Suricata then looks as if the other had, nothing of its own is kept",
    ['< RA 1 1', '> PA 1 1 len=100', '> FA -90 1 len=20'],
    ['drop stream error'],
  ],
  [
    "enough bytes of the server end the client's probing at the client's next packet, whatever that acknowledges",
    [...HANDSHAKE, '< PA 1 1 len=36', '> PA 1 1 len=17', '> A 99 1', STALE, STALE],
    ['forward', 'drop stream error'],
    445,
  ],
  [
    "which may be the client's FIN",
    [...BARE, '> A 1 1 len=1', '< F 1 len=1000', '> FA 2 1 len=30', '< S -50 len=10', '< S -50 len=10'],
    ['forward', 'drop stream error'],
    445,
  ],
  ['the FIN of 16 bytes is no seventeenth', ['> FA 1 1 len=16', SYN_OF_CLIENT], ['forward']],
  [
    'the FIN of 17 bytes comes after all that tells',
    ['> FA 1 1 len=17', SYN_OF_CLIENT],
    ['drop stream error'],
  ],
  [
    'a byte in the place of the FIN is the seventeenth',
    ['> FA 1 1 len=16', '> PA 17 1 len=2', SYN_OF_CLIENT],
    ['drop stream error'],
  ],
  [
    "a server's first bytes are never told where its port is one that is looked at",
    ['< A 1 1 len=2', '< PA 3 1 len=3000', '> PA 1 3003 len=100', '< A 3003 101', '> F -50 len=10'],
    ['forward'],
    80,
  ],
  [
    'and are on any other',
    ['< A 1 1 len=2', '< PA 3 1 len=3000', '> PA 1 3003 len=100', '< A 3003 101', '> F -50 len=10'],
    ['drop stream error'],
  ],
  [
    'where what is missing makes Suricata believe a RST that is wrong',
    [
      '< PA 2038 3 len=100',
      '> PA 4 2138 len=536',
      '< A 2138 540',
      '> PA 540 2138 len=536',
      '> A 1076 2138',
      '< A 2138 1076',
      '< RA 2238 1076',
    ],
    ['forward'],
    80,
  ],
]

describe('engine against real Suricata: when an application is given up, and when data is lost', () => {
  it('every packet, and the last ones as they are said to be', () => play(CASES, { exception: 'drop' }))

  it('data that rules look into is kept all along, by the port of the server', () => {
    const talk = ['> PA 1 1 len=40', '< PA 1 41 len=40', '> A 41 41', '< A 41 41']
    const lines = [...HANDSHAKE, ...talk, STALE, STALE_OF_CLIENT]
    const error = 'drop stream error'
    const cases = [QUIET, 5000].map(
      (port): Case => [`port ${port}`, lines, [error, port === QUIET ? 'forward' : error], port],
    )
    const rule = `alert tcp any any -> 192.0.2.77 ${QUIET} (content:"!"; flow:to_server; sid:1;)`
    return play(cases, { exception: 'drop', rules: [rule] })
  })

  it('the same where sessions are picked up midway', () =>
    play(PICKED_UP, { exception: 'continue', midstream: true }))
})

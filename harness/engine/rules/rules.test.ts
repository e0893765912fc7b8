import { expect } from 'chai'
import { FlowbreakError } from '../../support/errors.ts'
import { HANDSHAKE, Lab, type LabOptions } from '../example-engine.test.ts'
import { parseRule } from './parse.ts'

/** The outcomes of lines under rules. */
function under(rules: readonly string[], lines: readonly string[], options: LabOptions = {}): string[] {
  return new Lab({ exception: 'continue', ...options, rules }).play(...lines)
}

describe('engine/rules: reading', () => {
  const refused: readonly [string, number, string][] = [
    ['drop tcp any any -> any 80 (pcre:"/x/"; sid:1;)', 29, 'does not read the keyword "pcre"'],
    [
      'drop tcp any any -> any 80 (msg:"a\\;b"; http.cookie; sid:1;)',
      41,
      'does not read the keyword "http.cookie"',
    ],
    ['drop http any any -> any 80 (http.host; sid:1;)', 30, 'http.host needs a content'],
    ['drop http any any -> any 80 (http.host; content:"A"; sid:1;)', 30, 'in lower case'],
    ['drop http any any -> any 80 (http.method; content:"GET "; sid:1;)', 30, 'no blank at its ends'],
    [
      'drop tls any any -> any 80 (http.host; content:"a"; sid:1;)',
      29,
      'is about http, and the rule about tls',
    ],
    [
      'drop tcp any any -> any 80 (http.host; content:"a"; tls.sni; content:"a"; sid:1;)',
      53,
      'of two protocols',
    ],
    [
      'drop http any any -> any 80 (content:"a"; http.uri; content:"a"; sid:1;)',
      43,
      'content outside buffers',
    ],
    ['drop http any any -> any 80 (flow:to_client; http.uri; content:"a"; sid:1;)', 46, 'goes to the server'],
    ['drop http any any -> any 80 (flags:S; http.uri; content:"a"; sid:1;)', 39, 'flags are about packets'],
    ['drop tcp any any -> any 80 (content:x; sid:1;)', 37, 'double quotes'],
    ['drop tcp any any -> any 80 (content:""; sid:1;)', 37, 'is empty'],
    ['drop tcp any any -> any 80 (content:"|0|"; sid:1;)', 37, 'half a byte'],
    ['drop tcp any any -> any 80 (content:"|0g|"; sid:1;)', 37, 'not hexadecimal'],
    ['drop tcp any any -> any 80 (content:"|00"; sid:1;)', 37, 'not closed'],
    ['drop tcp any any -> any 80 (content:"a\\n"; sid:1;)', 37, 'a backslash stands before'],
    ['drop tcp any any -> any 80 (content:"abc"; depth:2; sid:1;)', 50, 'is less than the 3 bytes'],
    ['drop tcp any any -> any 80 (content:"a"; within:0; sid:1;)', 49, 'whole number of 1 to'],
    ['drop tcp any any -> any 80 (content:"a"; offset:1; distance:1; sid:1;)', 52, 'contradicts'],
    ['drop tcp any any -> any 80 (content:"a"; startswith; offset:1; sid:1;)', 54, 'contradicts'],
    ['drop tcp any any -> any 80 (content:"a"; nocase; nocase; sid:1;)', 50, 'stands twice'],
    ['drop tcp any any -> any 80 (nocase; sid:1;)', 29, 'needs a content before it'],
    [
      'drop tcp any any -> any 80 (content:"a"; rawbytes; sid:1;)',
      42,
      'does not read the keyword "rawbytes"',
    ],
    ['drop tcp any any -> any 80 (flowbits:isset; sid:1;)', 38, 'needs a name'],
    ['drop tcp any any -> any 80 (flowbits:set,a|b; sid:1;)', 38, 'takes one name'],
    ['drop tcp any any -> any 80 (flowbits:drop,a; sid:1;)', 38, 'flowbits:drop'],
    ['drop tcp any any -> any 80 (flow:to_server; flow:established; sid:1;)', 45, 'one flow keyword'],
    ['drop tcp-stream any any -> any 80 (flags:S; sid:1;)', 6, 'about no single packet'],
    ['block tcp any any -> any 80 (sid:1;)', 1, '"block" is not an action'],
    ['drop smb any any -> any 80 (sid:1;)', 6, '"smb" is not a protocol'],
    ['drop tcp $HOME_NET any -> any 80 (sid:1;)', 10, 'variables such as $HOME_NET are not supported'],
    ['drop tcp 1.2.3 any -> any 80 (sid:1;)', 10, '"1.2.3" is not an address'],
    ['drop tcp 1.2.3.4/33 any -> any 80 (sid:1;)', 10, 'prefix length of 0 to 32'],
    ['drop tcp any 70000 -> any 80 (sid:1;)', 14, 'is not a port number'],
    ['drop tcp any any -> any 90:80 (sid:1;)', 25, 'ends before it starts'],
    ['drop tcp any any => any 80 (sid:1;)', 18, 'is not an arrow'],
    ['drop tcp any any -> any [80,90 (sid:1;)', 25, 'is not closed'],
    ['drop tcp any any -> any (sid:1;)', 1, 'a rule begins with'],
    ['drop tcp any any -> any 80 90 (sid:1;)', 28, 'too much'],
    ['drop tcp any any -> any 80', 1, 'in parentheses'],
    ['drop tcp any any -> any 80 (msg:"x";)', 29, 'has no sid'],
    ['drop tcp any any -> any 80 (flow:only_stream; sid:1;)', 34, 'flow:only_stream'],
    ['drop tcp any any -> any 80 (flow:established,stateless; sid:1;)', 46, 'contradicts'],
    ['drop tcp any any -> any 80 (flags:SX; sid:1;)', 35, 'X is not a TCP flag'],
    ['drop tcp any any -> any 80 (priority:0; sid:1;)', 38, 'whole number of 1 to'],
    ['drop tcp !any any -> any 80 (sid:1;)', 11, 'match nothing'],
    ['drop tcp [] any -> any 80 (sid:1;)', 10, 'list is empty'],
  ]
  for (const [text, column, words] of refused) {
    it(`refuses ${text}`, () => {
      expect(() => parseRule(text, 'Rule 3'))
        .to.throw(FlowbreakError, words)
        .with.property('message')
        .that.includes(`Rule 3, column ${column}:`)
    })
  }

  it('takes what people are told and nothing else needs', () => {
    const text =
      'alert ip any any <> any any (msg:"it\\"s\\; (x)"; rev:2; noalert; classtype:a; metadata:b; reference:url,c; sid:7;)'
    expect(parseRule(text, 'Rule 1')).to.include({
      action: 'alert',
      sid: 7,
      rev: 2,
      msg: 'it"s; (x)',
      noalert: true,
      priority: 3,
      category: '',
    })
    const known = 'alert ip any any -> any any (classtype:attempted-admin; sid:1;)'
    expect(parseRule(known, 'Rule 1')).to.include({
      priority: 1,
      category: 'Attempted Administrator Privilege Gain',
    })
    const own = 'alert ip any any -> any any (priority:7; classtype:tcp-connection; sid:1;)'
    expect(parseRule(own, 'Rule 1')).to.include({
      priority: 7,
      category: 'A TCP connection was detected',
    })
  })
})

describe('engine/rules: matching', () => {
  /** Whether a rule with that header drops a UDP packet from 192.0.2.10:40000 to 198.51.100.80:80. */
  function drops(header: string, family: 'ipv4' | 'ipv6' = 'ipv4'): boolean {
    return under([`drop ${header} (sid:1;)`], ['> UDP'], { frames: { family } })[0] === 'drop rules'
  }

  it('protocols', () => {
    expect(
      ['ip', 'udp', 'tcp', 'icmp'].filter((protocol) => drops(`${protocol} any any -> any any`)),
    ).to.deep.equal(['ip', 'udp'])
    expect(
      under(['drop icmp any any -> any any (sid:1;)'], ['> PING'], { frames: { family: 'ipv6' } }),
    ).to.deep.equal(['drop rules'])
  })

  const addresses: Readonly<Record<string, boolean>> = {
    '192.0.2.10': true,
    '192.0.2.0/24': true,
    '192.0.2.8/29': true,
    '192.0.2.0/29': false,
    '0.0.0.0/0': true,
    '!192.0.2.10': false,
    '[10.0.0.0/8,192.0.2.10]': true,
    '[192.0.0.0/8, ![192.0.2.0/24, 192.0.3.0/24]]': false,
    '[192.0.0.0/8,![192.0.3.0/24]]': true,
    '![10.0.0.0/8,![192.0.2.10]]': true,
    '![10.0.0.0/8,![10.1.0.0/16]]': true,
    '![192.0.0.0/8,![192.0.2.11]]': false,
    '[!10.0.0.0/8,![192.0.0.0/8,![192.0.2.0/28]]]': true,
    '2001:db8::/32': false,
  }
  for (const [text, expected] of Object.entries(addresses)) {
    it(`address ${text}: ${expected}`, () => {
      expect(drops(`ip ${text} any -> any any`)).to.equal(expected)
    })
  }

  const six: Readonly<Record<string, boolean>> = {
    '2020:2020:2020:2020:2020:2020:2020:2001': true,
    '2020::/16': true,
    '::/0': true,
    '2020::2001': false,
    '::ffff:192.0.2.10': false,
    '0.0.0.0/0': false,
  }
  for (const [text, expected] of Object.entries(six)) {
    it(`address ${text} over IPv6: ${expected}`, () => {
      expect(drops(`ip ${text} any -> any any`, 'ipv6')).to.equal(expected)
    })
  }

  const ports: Readonly<Record<string, boolean>> = {
    '80': true,
    '81': false,
    '80:': true,
    ':79': false,
    '79:81': true,
    '!80': false,
    '!81': true,
    '[22,80]': true,
    '[1:100,!80]': false,
    '[1:70,any]': true,
    '[!22,![70:90]]': false,
    '[!81,!82]': true,
    '![22,80]': false,
  }
  for (const [text, expected] of Object.entries(ports)) {
    it(`port ${text}: ${expected}`, () => {
      expect(drops(`udp any any -> any ${text}`)).to.equal(expected)
    })
  }

  it('directions', () => {
    expect(drops('udp any 80 -> any any')).to.equal(false)
    expect(drops('udp any 80 <> any 40000')).to.equal(true)
    expect(drops('udp 198.51.100.80 80 <> any any')).to.equal(true)
  })

  it('flags', () => {
    const matching = (flags: string) =>
      under(
        [`drop tcp any any -> any any (flags:${flags}; sid:1;)`],
        ['> S 0', '> A 1 1', '> PA 1 1 len=3'],
      ).map((outcome) => outcome === 'drop rules')
    expect(matching('S')).to.deep.equal([true, false, false])
    expect(matching('A+')).to.deep.equal([false, true, true])
    expect(matching('+A')).to.deep.equal([false, true, true])
    expect(matching('*SP')).to.deep.equal([true, false, false])
    expect(matching('*UP')).to.deep.equal([false, false, false])
    expect(matching('!A')).to.deep.equal([true, false, false])
    expect(matching('!S')).to.deep.equal([false, false, false])
    expect(matching('A,P')).to.deep.equal([false, true, true])
    expect(matching('0')).to.deep.equal([false, false, false])
  })

  it('flow: established is what was before the packet; who came first is the client', () => {
    const dropped = (flow: string) =>
      under([`drop tcp any any -> any any (flow:${flow}; sid:1;)`], [...HANDSHAKE, '< PA 1 1 len=9'], {
        profile: 'suricata-7',
      }).map((outcome) => outcome === 'drop rules')
    expect(dropped('established')).to.deep.equal([false, false, false, true])
    expect(dropped('not_established')).to.deep.equal([true, true, true, false])
    expect(dropped('stateless')).to.deep.equal([true, true, true, true])
    expect(dropped('to_server')).to.deep.equal([true, false, true, false])
    expect(dropped('established,from_server')).to.deep.equal([false, false, false, true])
  })

  it('a session-less flow is never established, and turns round when the server speaks first (10.5 row 2)', () => {
    const rules = [
      'drop tcp any any -> any any (flow:established; sid:1;)',
      'drop tcp any 80 -> any any (flow:to_server; sid:2;)',
    ]
    expect(under(rules, ['< PA 1 1 len=9', '> PA 1 10 len=9'])).to.deep.equal(['drop rules', 'forward'])
  })
})

describe('engine/rules: scope and order', () => {
  it('a rule about addresses and ports alone drops the flow, one with flow or flags that packet', () => {
    expect(under(['drop tcp any any -> any 80 (sid:1;)'], ['> S 0', '< SA 0 1'])).to.deep.equal([
      'drop rules',
      'drop flow drop',
    ])
    expect(
      under(['drop tcp any any -> any 80 (flow:to_server; sid:1;)'], ['> S 0', '< SA 0 1']),
    ).to.deep.equal(['drop rules', 'forward'])
  })

  it('is asked once a direction about the flow', () => {
    const rules = ['pass tcp any any -> any any (flags:S; sid:1;)', 'drop tcp any any -> any any (sid:2;)']
    expect(under(rules, ['> S 0', '> A 1 1', '< SA 0 1'], { profile: 'suricata-7' })).to.deep.equal([
      'forward',
      'forward',
      'drop rules',
    ])
  })

  it('pass: the rest of the flow for AWS, the packet for Suricata unless the rule is about the flow', () => {
    const rules = [
      'pass tcp any any -> any any (flags:S; sid:1;)',
      'drop tcp any any -> any any (flow:stateless; sid:2;)',
    ]
    const lines = ['> S 0', '> A 1 1']
    expect(under(rules, lines)).to.deep.equal(['forward', 'forward'])
    expect(under(rules, lines, { profile: 'suricata-7' })).to.deep.equal(['forward', 'drop rules'])
    const ofFlow = [
      'pass tcp any any -> any any (sid:1;)',
      'drop tcp any any -> any any (flow:stateless; sid:2;)',
    ]
    expect(under(ofFlow, lines, { profile: 'suricata-7' })).to.deep.equal(['forward', 'forward'])
  })

  it('pass does not undo the policy nor an error of the stream', () => {
    const rules = ['pass tcp any any -> any any (sid:1;)']
    expect(under(rules, ['> R 1', '> A 1 1'], { exception: 'drop' })).to.deep.equal([
      'drop stream error',
      'drop stream midstream',
    ])
  })

  const clash = [
    'drop udp any any -> any any (flow:stateless; sid:1;)',
    'pass udp any any -> any any (flow:stateless; sid:2;)',
  ]
  it('action order: pass before drop before reject', () => {
    expect(under(clash, ['> UDP'])).to.deep.equal(['forward'])
    const other = [
      'reject tcp any any -> any any (flow:stateless; sid:1;)',
      'drop tcp any any -> any any (flow:stateless; sid:2;)',
    ]
    expect(under(other, ['> S 0'])).to.deep.equal(['drop rules'])
    // Suricata: both stop the packet, so it is rejected.
    expect(under(other, ['> S 0'], { profile: 'suricata-7' })).to.deep.equal(['reject rules'])
  })

  it('strict order: as written', () => {
    expect(under(clash, ['> UDP'], { policy: { ruleOrder: 'strict' } })).to.deep.equal(['drop rules'])
    expect(under(clash.toReversed(), ['> UDP'], { policy: { ruleOrder: 'strict' } })).to.deep.equal([
      'forward',
    ])
  })

  it('alerts decide nothing', () => {
    expect(under(['alert udp any any -> any any (sid:1;)'], ['> UDP'])).to.deep.equal(['forward'])
  })
})

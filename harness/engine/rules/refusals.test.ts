import { expect } from 'chai'
import { FlowbreakError } from '../../support/errors.ts'
import { parseRule } from './parse.ts'

/** What real Suricata 7 refuses or reads otherwise than it looks, with the column and some words of the complaint. */
const REFUSED: readonly [string, number, string][] = [
  ['drop tcp !0.0.0.0/0 any -> any any (sid:1;)', 11, 'takes out every IPv4 address'],
  ['drop tcp [::1,!0.0.0.0/0] any -> any any (sid:1;)', 10, 'takes out every IPv4 address'],
  ['drop tcp [10.0.0.0/16,!10.0.0.0/8] any -> any any (sid:1;)', 10, 'no address is left'],
  ['drop tcp any any -> !::/0 any (sid:1;)', 22, 'no address is left'],
  ['drop tcp !!10.0.0.0/8 any -> any any (sid:1;)', 11, 'one negation stands behind another'],
  ['drop tcp [10.0.0.0/8 ,192.0.2.1] any -> any any (sid:1;)', 21, 'a blank stands behind an item'],
  ['drop tcp any !0:65535 -> any any (sid:1;)', 14, 'takes out every port'],
  ['drop tcp any [80,!80] -> any any (sid:1;)', 14, 'no port is left'],
  ['drop tcp any any -> any 1:2:3 (sid:1;)', 25, 'more than two ends'],
  ['drop tcp any any -> any !!80 (sid:1;)', 26, 'one negation stands behind another'],
  ['drop tcp any any -> any ![!81,80] (sid:1;)', 28, 'a negation within a negated list'],
  ['drop tcp any any -> any [1:9,[3:4,!5]] (sid:1;)', 35, 'a negation stands before every range'],
  ['drop\ttcp any any -> any 80 (sid:1;)', 5, 'blanks, not tabs'],
  ['drop tcp any any -> any 80(sid:1;)', 27, 'a blank stands before the options'],
  ['drop tcp any any -> any 80 (msg:"\u0007"; sid:1;)', 34, 'no control characters'],
  [`drop tcp any any -> any 80 (msg:"${'x'.repeat(9000)}"; sid:1;)`, 1, '8190 bytes at most'],
  ['drop tcp any any -> any 80 (sid:1)', 29, 'does not end in a semicolon'],
  ['drop tcp any any -> any 80 (msg:"a;b"; sid:1;)', 33, 'does not stand in double quotes'],
  ['drop tcp any any -> any 80 (msg:""; sid:1;)', 33, 'is empty'],
  ['drop tcp any any -> any 80 (msg:"a"; msg:"b"; sid:1;)', 38, 'one msg keyword only'],
  ['drop tcp any any -> any 80 (sid:1; sid:2;)', 36, 'one sid keyword only'],
  ['drop tcp any any -> any 80 (rev:1; rev:1; sid:1;)', 36, 'one rev keyword only'],
  ['drop tcp any any -> any 80 (priority:1; priority:2; sid:1;)', 41, 'one priority keyword only'],
  ['drop tcp any any -> any 80 (sid:4294967295;)', 33, 'whole number of 1 to 4294967294'],
  ['drop tcp any any -> any 80 (noalert:x; sid:1;)', 37, 'noalert takes no value'],
  ['drop tcp any any -> any 80 (classtype:; sid:1;)', 39, 'is not a classtype'],
  ['drop tcp any any -> any 80 (metadata:"x"; sid:1;)', 38, 'not what metadata takes'],
  ['drop tcp any any -> any 80 (metadata; sid:1;)', 37, 'metadata needs a value'],
  ['drop tcp any any -> any 80 (reference:url; sid:1;)', 39, 'not what reference takes'],
  ['drop tcp any any -> any 80 (flow:established,; sid:1;)', 34, 'also behind a comma'],
  ['drop tcp any any -> any 80 (flags:sa; sid:1;)', 35, 'are not TCP flags'],
  ['drop tcp any any -> any 80 (flags:S,0; sid:1;)', 35, 'are not TCP flags'],
  ['drop tcp any any -> any 80 (flags:S0; sid:1;)', 35, 'stands alone'],
  ['drop tcp any any -> any 80 (flowbits:set , a; sid:1;)', 38, 'a blank stands before the comma'],
  ['drop tcp any any -> any 80 (flowbits:isset,a||b; sid:1;)', 38, 'needs a name'],
  [`drop tcp any any -> any 80 (flowbits:set,${'x'.repeat(256)}; sid:1;)`, 42, '255 letters'],
  ['drop tcp any any -> any 80 (content:"a||b"; sid:1;)', 37, 'no byte stands between the bars'],
  [
    'drop tcp any any -> any 80 (content:"a"; fast_pattern; content:"b"; fast_pattern; sid:1;)',
    29,
    'one content only',
  ],
  ['drop tcp any any -> any 80 (content:!"a"; fast_pattern; startswith; sid:1;)', 57, 'contradicts'],
]

describe('engine/rules: what Suricata refuses, or reads otherwise', () => {
  for (const [text, column, words] of REFUSED)
    it(`refuses ${text.slice(0, 100)}`, () => {
      expect(() => parseRule(text, 'Rule 3'))
        .to.throw(FlowbreakError, words)
        .with.property('message')
        .that.includes(`Rule 3, column ${column}:`)
    })

  it('takes any backslash out of a message, and quotes without one', () => {
    const text = 'alert ip any any -> any any (msg:"a\\n "b" \\\\ \\;"; sid:1;)'
    expect(parseRule(text, 'Rule 1').msg).to.equal('an "b" \\ ;')
  })
})

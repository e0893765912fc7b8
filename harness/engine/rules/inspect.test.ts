import { expect } from 'chai'
import { Contents } from './inspect.ts'
import { parseRule } from './parse.ts'

/** Whether the contents of a rule are in a text. */
function finds(options: string, text: string, unsearched = false): boolean {
  const { contents } = parseRule(`alert tcp any any -> any any (${options} sid:1;)`, 'Rule 1')
  const bytes = new TextEncoder().encode(`..${text}..`)
  return new Contents(contents).match(bytes, 2, bytes.length - 2, unsearched)
}

describe('engine/rules: contents', () => {
  const cases: readonly [string, string, boolean][] = [
    ['content:"abc";', 'xxabcxx', true],
    ['content:"ABC";', 'xxabcxx', false],
    ['content:"ABC"; nocase;', 'xxaBcxx', true],
    ['content:"|61 62|c";', 'abc', true],
    ['content:!"abc";', 'xxabx', true],
    ['content:!"abc";', 'abc', false],
    ['content:"b"; offset:1;', 'abc', true],
    ['content:"a"; offset:1;', 'abc', false],
    ['content:"c"; depth:2;', 'abc', false],
    ['content:"c"; offset:1; depth:2;', 'abc', true],
    ['content:"b"; startswith;', 'abc', false],
    ['content:"bc"; endswith;', 'abcbc', true],
    ['content:"ab"; endswith;', 'abc', false],
    ['content:"a"; content:"c"; distance:1;', 'abc', true],
    ['content:"a"; content:"b"; distance:1;', 'abc', false],
    ['content:"a"; content:"c"; within:1;', 'abc', false],
    ['content:"a"; content:"c"; within:2;', 'abc', true],
    // The first place of "a" does not do, the second does.
    ['content:"a"; content:"c"; within:1;', 'abac', true],
    ['content:"a"; content:"b"; distance:0; within:1; content:"c"; distance:0; within:1;', 'abxabc', true],
    ['content:"c"; content:"a"; distance:-3;', 'abc', true],
    ['content:"a"; content:!"b"; within:1;', 'abac', true],
    ['content:"a"; content:!"b"; within:1;', 'ab', false],
    // Compared as the product compares: the length behind "a" with the place behind "c".
    ['content:"a"; content:!"c"; distance:0; endswith;', 'abcb', false],
    ['content:"a"; content:!"c"; distance:0; endswith;', 'abcbb', true],
    ['content:"abcd";', 'abc', false],
    // The first place of "a" does not do for what is not to follow at a distance, the last does.
    ['content:"a"; content:!"a"; distance:2;', 'aaaa', true],
    ['content:"a"; content:!"b"; distance:1;', 'abab', true],
    ['content:"a"; content:!"b"; distance:0;', 'aabb', false],
    // Ends before the start: as if nothing were said of the end.
    ['content:"c"; distance:-2; within:1;', 'abc', true],
  ]
  for (const [options, text, found] of cases)
    it(`${options} in ${text}: ${found}`, () => {
      expect(finds(options, text)).to.equal(found)
    })

  it('a rule of negated contents alone is stopped by the longest wherever it stands', () => {
    expect(finds('content:!"ab"; endswith;', 'abc')).to.equal(false)
    expect(finds('content:!"ab"; endswith;', 'abc', true)).to.equal(true)
    expect(finds('content:!"bc"; endswith;', 'abc', true)).to.equal(false)
  })
})

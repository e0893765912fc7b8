import { expect } from 'chai'
import { bytesOf } from './exchange.test.ts'
import { Answer, Asked } from './http-answer.ts'
import { HttpResponses } from './http-responses.ts'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nA: b\r\n\r\n'

/** What the server's data does, in order, without what does nothing. */
function answersTo(responses: HttpResponses, text: string): number[] {
  const bytes = bytesOf(text)
  const answers: number[] = []
  for (let at = 0; at < bytes.length; at = responses.next) {
    const answer = responses.read(bytes, at, bytes.length)
    if (answer !== Answer.nothing) answers.push(answer)
    if (answer === Answer.failed) break
  }
  return answers
}

/** The responses of a connection on which so many requests have come. */
function asked(requests: number): HttpResponses {
  const responses = new HttpResponses()
  for (let n = 0; n < requests; n++) responses.noteRequest()
  return responses
}

describe('app: responses of HTTP', () => {
  for (const [what, one] of [
    ['by its length', OK],
    ['by its chunks', CHUNKED],
  ] as const)
    it(`a response ${what} is over where it says, in one piece and byte by byte`, () => {
      expect(answersTo(asked(2), `${one}${one}`)).to.deep.equal([])
      expect(answersTo(asked(1), `${one}${one}`)).to.deep.equal([Answer.unasked])
      const responses = asked(1)
      const single = [...`${one}${one}`].flatMap((letter) => answersTo(responses, letter))
      expect(single).to.deep.equal([Answer.unasked])
    })

  it('a response to HEAD has no body, and one without length never ends', () => {
    const head = asked(1)
    head.tell(Asked.head)
    expect(answersTo(head, `${OK.slice(0, -2)}${OK}`)).to.deep.equal([Answer.unasked])
    const endless = asked(1)
    expect(answersTo(endless, `HTTP/1.1 200 OK\r\n\r\n${OK}`)).to.deep.equal([])
    expect(endless.isOver).to.equal(true)
  })

  it('an invalid length fails, 101 is an upgrade, and what is missing from a body is counted', () => {
    expect(answersTo(asked(1), 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n')).to.deep.equal([Answer.failed])
    expect(answersTo(asked(1), 'HTTP/1.1 101 Go\r\n\r\n')).to.deep.equal([Answer.upgrade])
    const responses = asked(1)
    expect(answersTo(responses, OK.slice(0, -1))).to.deep.equal([])
    expect(responses.skip(1)).to.equal(Answer.nothing)
    expect(answersTo(responses, OK)).to.deep.equal([Answer.unasked])
  })

  it('follows no responses where more than 512 requests wait', () => {
    expect(asked(512).isOver).to.equal(false)
    expect(asked(513).isOver).to.equal(true)
  })
})

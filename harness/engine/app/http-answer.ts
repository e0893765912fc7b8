/** Of a request, what matters to its response. */
export const Asked = { head: 1, connect: 2, short: 4, expectsContinue: 8 } as const

/** What a response does to the requests. */
export const Answer = {
  nothing: 0,
  /** It belongs to no request. */
  unasked: 1,
  /** The server does not want the body that the request announced. */
  refused: 2,
  /** What follows, in both directions, is not HTTP. */
  upgrade: 3,
  /** libhtp gives up. */
  failed: 4,
  /** What follows, in both directions, is a tunnel: of whatever protocol. */
  tunnel: 5,
} as const

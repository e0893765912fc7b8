import { ROOT } from './command.ts'

/** A suite of so many cases, all alike, which pass. */
export const manyCases = (count: number) => `suite: many
title: For tests
matrix: { number: [${Array.from({ length: count }, (_, index) => index).join(', ')}] }
cases:
  - name: swap
    requirement: After a swap nothing comes out.
    source: { mark: DOC, where: a test }
    capture: ${ROOT}captures/echo-ladder-ipv4.pcap
    inject: [{ host-swap: 12 }]
    expect: { before: forward, after host-swap: drop }
`

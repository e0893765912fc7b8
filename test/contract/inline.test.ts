import { describeTarget } from '../../harness/target/contract.ts'
import { firewalls, inline } from '../../harness/target/inline/example-device.test.ts'
import type { Lab } from '../../harness/target/lab/lab.ts'

let lab: Lab | undefined

describe('contract', () => {
  before(function () {
    if (process.getuid?.() !== 0) this.skip()
  })
  after(() => lab?.[Symbol.asyncDispose]())

  describeTarget(
    'inline, on firewalls in namespaces',
    async () => {
      lab = await firewalls('reject')
      // What a crash empties, and a reset between cases.
      const emptied = (host: string) => ['ip', 'netns', 'exec', host, 'conntrack', '-F']
      const each = lab.host(0).slice(0, -1)
      const hooks = {
        swap: emptied(`${each}{index}`),
        restore: [process.execPath, '-e', '0'],
        clear: ['sh', '-c', `for host in 0 1; do ip netns exec ${each}$host conntrack -F; done`],
      }
      return inline(lab, { hooks, policies: ['reject'] })
    },
    { timeout: 60_000 },
  )
})

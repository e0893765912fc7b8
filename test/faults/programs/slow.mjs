// The reference in another place, which takes `wait` milliseconds for each case, so that faults come in the midst of something.
import { setTimeout as sleep } from 'node:timers/promises'
import { ReferenceTarget } from '../../../dist/target/reference/reference.js'

/** @param {{ shared?: 'threads' | 'processes', wait?: number }} options */
export default ({ shared, wait = 0 }) => {
  const real = new ReferenceTarget('1')
  return {
    name: 'slow',
    version: '1',
    capabilities: real.capabilities,
    shared,
    /** @param {import('../../../harness/model/setup.ts').Setup} setup */
    async prepare(setup) {
      const session = await real.prepare(setup)
      return {
        /**
         * @param {import('../../../harness/model/timeline.ts').Timeline} timeline
         * @param {AbortSignal} signal
         */
        async *replay(timeline, signal) {
          await sleep(wait)
          yield* session.replay(timeline, signal)
        },
        reset: () => session.reset(),
        counters: () => session.counters(),
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      }
    },
  }
}

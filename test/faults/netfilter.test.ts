import { readdirSync, readFileSync } from 'node:fs'
import { makeTarget } from '../../harness/target/targets.ts'
import { KERNEL_FAULTS, KERNEL_WITHOUT, strikeKernel } from './kernel.ts'
import { describeFaults } from './matrix.ts'

const RECORDS = '/run/flowbreak-labs'

/** Labs of this process that stand. */
function labs(): string[] {
  return entries(RECORDS).filter((lab) => {
    if (lab.includes('.')) return false
    const text = readFileSync(`${RECORDS}/${lab}`, 'utf8')
    return text !== '' && JSON.parse(text).pid === process.pid
  })
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

describeFaults({
  name: 'netfilter',
  profile: 'linux-conntrack',
  gap: '3s',
  skips: () => process.getuid?.() !== 0,
  faults: KERNEL_FAULTS,
  without: KERNEL_WITHOUT,
  sample: 4,
  open: async (fault) => ({
    target: await makeTarget({ kind: 'netfilter' }, { name: 'faulty', version: 'test' }),
    strike: async () => {
      const [lab = ''] = labs()
      if (fault !== undefined) await strikeKernel(fault, [`flowbreak-${lab}-0`, `flowbreak-${lab}-1`])
    },
    [Symbol.asyncDispose]: async () => undefined,
  }),
  leftovers: () => labs(),
  timeout: 120_000,
})

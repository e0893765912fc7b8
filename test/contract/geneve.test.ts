import { describeTarget } from '../../harness/target/contract.ts'
import { makeTarget } from '../../harness/target/targets.ts'
import { GeneveLab } from '../journeys/geneve-lab.ts'

let lab: GeneveLab | undefined
after(() => lab?.[Symbol.asyncDispose]())

describeTarget(
  'geneve, on appliances of our own',
  async () => {
    const args = ['--profile', 'suricata-7', '--policy', 'reject']
    lab = await GeneveLab.open(args, {
      profile: 'suricata-7',
      policies: ['reject'],
      features: ['inner-tunnels'],
    })
    return makeTarget(lab.spec as { kind: string }, { name: 'lab', version: 'test' })
  },
  { timeout: 60_000 },
)

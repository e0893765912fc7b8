import { fileURLToPath } from 'node:url'
import { describeTarget } from '../contract.ts'
import { makeTarget } from '../targets.ts'

const EXAMPLES = fileURLToPath(new URL('../../../examples/targets/', import.meta.url))
const COMMANDS = {
  'firewall.py': ['python3', 'firewall.py'],
  'firewall.ts': [process.execPath, '--import', 'tsx', 'firewall.ts'],
}

for (const [name, command] of Object.entries(COMMANDS))
  describeTarget(
    name,
    () =>
      makeTarget({ kind: 'process', command, timeout: '60s' }, { name, version: 'test', folder: EXAMPLES }),
    { timeout: 120_000 },
  )

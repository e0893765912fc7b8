// All the set-up that flowbreak needs, with nothing but Node: system packages, npm packages, the built `dist`. Each is skipped
// when it is there. `npm start` and `npm test` call it; `--tests` and `--record` ask for what the tests and the recordings need too.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildIfStale } from './lib/dist.mjs'
import { main } from './lib/main.mjs'
import { missing, readNeeds } from './lib/needs.mjs'
import { installPackages } from './lib/packages.mjs'
import { SetupError } from './lib/say.mjs'
import { installSystemPackages } from './lib/system.mjs'
import { isAtLeast } from './lib/version.mjs'

await main(async (root) => {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  if (!isAtLeast(process.versions.node, engines.node)) {
    throw new SetupError(
      `flowbreak needs Node ${engines.node} and this is ${process.versions.node}: install a newer one.`,
    )
  }
  const purposes = [
    'start',
    'suites',
    ...['tests', 'record'].filter((name) => process.argv.includes(`--${name}`)),
  ]
  await installSystemPackages(purposes)
  const absent = missing(readNeeds(), ['start']).map((need) => need.package)
  await installPackages(root, absent)
  await buildIfStale(root)
})

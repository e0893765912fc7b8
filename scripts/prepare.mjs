// npm's `prepare`: builds `dist` where the compiler is installed, and takes the `dist` that came with the package where it is not.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { linkBin } from './lib/dist.mjs'
import { main } from './lib/main.mjs'
import { say } from './lib/say.mjs'

await main((root) => {
  if (existsSync(join(root, 'node_modules/.bin/tsc')) && existsSync(join(root, 'tsconfig.build.json'))) {
    const { status } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' })
    process.exitCode = status ?? 1
  } else if (existsSync(join(root, 'dist/bin/main.js'))) {
    linkBin(root)
  } else {
    say('dist is not built, because the compiler is not installed: type npm ci --include=dev')
  }
})

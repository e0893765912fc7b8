// What `npm run build` does after tsc: assets, the command's mode and link, and the stamp.
import { finishBuild } from './lib/dist.mjs'
import { main } from './lib/main.mjs'

await main((root) => finishBuild(root))

import { openRouters } from '../netfilter/routers.ts'

/** Makes a lab, says so, and waits to be killed. */
const lab = await openRouters(1, 1500)
process.stdout.write(`${lab.id}\n`)
setInterval(() => undefined, 1000)

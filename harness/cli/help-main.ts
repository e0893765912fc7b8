import { aboutItself } from './usage.ts'

/** `flowbreak --help` and `--version` by themselves: a bundle of its own, without the loader of modules, starts in half the time. */
process.exitCode = aboutItself(process.argv[2])

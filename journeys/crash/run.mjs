// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Never lost, never doubled, never reordered: runs every crash harness and says what each found.
//
//   node journeys/crash/run.mjs --build build [--short] [--cycles 1000] [--points 10000]
//
// Each harness is also run against something broken on purpose and must catch it: a harness that finds nothing
// wrong with a broken store has shown nothing about a whole one. Ends with "N passed, N failed".
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const { values } = parseArgs({
  options: {
    build: { type: 'string', default: 'build' },
    short: { type: 'boolean', default: false },
    cycles: { type: 'string', default: '1000' },
    points: { type: 'string', default: '10000' },
  },
})

// So many kills may it take to catch what is broken on purpose; it ends there. On a quick disk a kill seldom falls between
// an early word and its commit, or between a commit and its word.
const AT_MOST = '300'
const cycles = values.short ? '30' : values.cycles
const points = values.short ? '200' : values.points
const seed = process.env.HEARKEN_SEED ?? String(1 + Math.floor(Math.random() * 1e6))
const folder = path.dirname(fileURLToPath(import.meta.url)) // import.meta.dirname is younger than Node 18
const here = (name) => path.join(values.build, 'store', name)

const steps = [
  {
    name: 'power cuts lose nothing that was acknowledged',
    run: [here('crash/power_loss'), '--points', points, '--seed', seed],
  },
  ...['ack_early', 'sync_normal', 'main_first'].map((broken) => ({
    name: `power cuts catch a store broken by ${broken}`,
    run: [here(`crash/power_loss_${broken}`), '--points', '200', '--seed', seed, '--expect-loss'],
  })),
  {
    name: 'kill -9 loses and doubles nothing in the store',
    run: [here('crash/store_killed'), '--cycles', cycles, '--seed', seed],
  },
  {
    name: 'kill -9 catches a ledger without dedup',
    run: [here('crash/store_killed'), '--cycles', AT_MOST, '--seed', seed, '--no-dedup', '--expect-faults'],
  },
  {
    name: 'kill -9 catches a store that acknowledges early',
    run: [here('crash/store_killed_ack_early'), '--cycles', AT_MOST, '--seed', seed, '--expect-faults'],
  },
  {
    name: 'kill -9 of a whole place under load: every message once, in order, on the other side',
    run: [process.execPath, path.join(folder, 'killed.mjs'), '--build', values.build, '--cycles',
      values.short ? '12' : values.cycles, '--seed', seed],
  },
  ...['ack_early', 'no_dedup'].map((broken) => ({
    name: `kill -9 catches a whole place broken by ${broken}`,
    run: [process.execPath, path.join(folder, 'killed.mjs'), '--build', values.build, '--cycles', AT_MOST,
      '--seed', seed, '--daemon', `journeys/crash/hearkend_${broken}`, '--expect-faults'],
  })),
  {
    name: 'faults at every k-th call: nothing false, nothing hangs, work goes on',
    run: [here('store_fault_test')],
    env: values.short ? {} : { HEARKEN_LONG: '1' },
  },
]

let passed = 0
let failed = 0
for (const { name, run, env } of steps) {
  const began = Date.now()
  const child = spawnSync(run[0], run.slice(1), {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 64 << 20,
  })
  const ok = child.status === 0
  ok ? passed++ : failed++
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s, seed ${seed})`)
  const figures = child.stdout?.split('\n').filter((line) => line.startsWith('{'))
  for (const line of figures ?? []) console.log(`       ${line}`)
  if (!ok) console.log(child.error?.message ?? `${child.stdout}\n${child.stderr}`)
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)

import type { KeyObject } from 'node:crypto'
import type { CallContext } from '../kernel/context.ts'
import { toInstantText } from '../kernel/time.ts'
import type { Database } from '../platform/database.ts'
import type { DueTask } from '../platform/due.ts'
import { grow, leafHash, rootOf, type Tree } from './domain.ts'
import { signCheckpoint } from './notes.ts'
import * as repository from './repository.ts'

const batchSize = 2000

/** Seals what was noted: puts the entries of each realm into its Merkle tree and signs a checkpoint. R-AUDIT-2. */
export const sealer = (db: Database, key: KeyObject): DueTask => ({
  name: 'audit.seal',
  async run(call) {
    const realms = await db.work(call, (tx) => repository.listRealmsToSeal(tx))
    for (const realmId of realms) await sealRealm(db, call, key, realmId)
  },
})

/** Seals all entries of a realm that were noted so far, in batches. */
export async function sealRealm(db: Database, call: CallContext, key: KeyObject, realmId: bigint): Promise<void> {
  while ((await seal(db, call, key, realmId)) === batchSize);
}

const seal = (db: Database, call: CallContext, key: KeyObject, realmId: bigint): Promise<number> =>
  db.work(call, async (tx) => {
    const tree = await repository.lockTree(tx, realmId)
    const entries = await repository.listUnsealed(tx, realmId, batchSize)
    if (entries.length === 0) return 0
    const leaves = entries.map((leaf) => ({ id: leaf.entry.id, hash: leafHash({ ...leaf, version: 2 }) }))
    const grown = leaves.reduce<Tree>((partial, leaf) => grow(partial, leaf.hash), tree)
    await repository.numberLeaves(tx, realmId, leaves, tree.size)
    const root = rootOf(grown)
    const note = signCheckpoint(key, { origin: `tenantree/audit/realm/${realmId}`, size: grown.size, root })
    await repository.saveCheckpoint(tx, { realmId, tree: grown, root, note, sealedAt: toInstantText(call.now) })
    return entries.length
  })

import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto'
import type { CallContext } from '../kernel/context.ts'
import { toInstantText } from '../kernel/time.ts'
import type { Database } from '../platform/database.ts'
import type { DueTask } from '../platform/due.ts'
import { grow, leafHash, rootOf, type Tree } from './domain.ts'
import * as repository from './repository.ts'

const batchSize = 2000

/** Seals what was noted: puts the entries of each realm into its Merkle tree and signs a checkpoint. R-AUDIT-2. */
export const sealer = (db: Database, key: KeyObject): DueTask => ({
  name: 'audit.seal',
  async run(call) {
    const realms = await db.work(call, (tx) => repository.listRealmsToSeal(tx))
    for (const realmId of realms) while ((await seal(db, call, key, realmId)) === batchSize);
  },
})

const seal = (db: Database, call: CallContext, key: KeyObject, realmId: bigint): Promise<number> =>
  db.work(call, async (tx) => {
    const tree = await repository.lockTree(tx, realmId)
    const entries = await repository.listUnsealed(tx, realmId, batchSize)
    if (entries.length === 0) return 0
    const grown = entries.reduce<Tree>((partial, entry) => grow(partial, leafHash(entry)), tree)
    const ids = entries.map((entry) => entry.id)
    await repository.numberLeaves(tx, realmId, ids, tree.size)
    const root = rootOf(grown)
    const note = signCheckpoint(key, { origin: `tenantree/audit/realm/${realmId}`, size: grown.size, root })
    await repository.saveCheckpoint(tx, { realmId, tree: grown, root, note, sealedAt: toInstantText(call.now) })
    return entries.length
  })

const keyName = 'tenantree-audit'

/** A signed note in the form of C2SP tlog-checkpoint: origin, size, root, and an Ed25519 signature with its key's id before it. */
export function signCheckpoint(key: KeyObject, checkpoint: { origin: string; size: bigint; root: Buffer }): string {
  const text = `${checkpoint.origin}\n${checkpoint.size}\n${checkpoint.root.toString('base64')}\n`
  const signature = Buffer.concat([keyId(key), sign(null, Buffer.from(text), key)])
  return `${text}\n\u2014 ${keyName} ${signature.toString('base64')}\n`
}

function keyId(key: KeyObject): Buffer {
  const raw = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)
  return createHash('sha256').update(`${keyName}\n`).update(Uint8Array.of(1)).update(raw).digest().subarray(0, 4)
}

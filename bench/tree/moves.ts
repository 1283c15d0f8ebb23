import type { Asker } from '../asker.ts'
import type { Asked } from '../client.ts'
import type { Probe } from '../measure.ts'
import type { Seat, World } from './world.ts'

/** Moves a subtree of each size to and fro inside its realm. */
export async function listMoves(world: World, mover: Seat, asker: Asker): Promise<Probe[]> {
  const { spots } = world.shape
  const [from, to] = [await world.idOf(spots.from), await world.idOf(spots.to)]
  const probes: Probe[] = []
  for (const [size, path] of Object.entries(spots.moved)) {
    const id = await world.idOf(path)
    let isMoved = false
    probes.push({
      key: `${world.size} move ${size}`,
      async sample() {
        const parent_id = isMoved ? from : to
        isMoved = !isMoved
        const asked: Asked = {
          url: `${world.url}/v1/tenants/${id}/move`,
          token: mover.token,
          method: 'POST',
          body: { parent_id },
          status: 200,
        }
        return (await asker.ask([asked]))[0]!
      },
    })
  }
  return probes
}

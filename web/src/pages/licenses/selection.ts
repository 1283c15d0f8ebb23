import { createContext, useContext } from 'react'
import type { Selection } from './license-rows.ts'

/** What is ticked, for the cells of the grid: its columns stay the same while ticks change. */
type Ticks = { selection: Selection; select: (next: Selection) => void; canSelect: boolean }

export const TicksContext = createContext<Ticks | null>(null)

export function useTicks(): Ticks {
  const ticks = useContext(TicksContext)
  if (ticks === null) throw new Error('the grid of licenses stands outside of its ticks')
  return ticks
}

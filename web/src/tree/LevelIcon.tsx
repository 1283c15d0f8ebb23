import {
  IconBuilding,
  IconBuildingSkyscraper,
  IconBuildingStore,
  IconMapPin,
  IconSitemap,
  IconTruckDelivery,
} from '@tabler/icons-react'
import type { ComponentType } from 'react'
import type { Level } from '../api/types.ts'

type IconProps = { size?: number; stroke?: number; 'aria-hidden'?: boolean }

const icons: Record<Level, ComponentType<IconProps>> = {
  vendor: IconBuildingSkyscraper,
  distributor: IconTruckDelivery,
  sub_distributor: IconSitemap,
  reseller: IconBuildingStore,
  end_customer: IconBuilding,
  site: IconMapPin,
}

/** A picture of the level; its name stands beside it in text or in the label of what holds it. */
export function LevelIcon({ level, size = 16 }: { level: Level; size?: number }) {
  const Icon = icons[level]
  return <Icon aria-hidden size={size} stroke={1.5} />
}

import { Skeleton } from '@mantine/core'
import { lazy, Suspense } from 'react'
import type { Overview } from '../../api/types.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Panel } from '../../ui/Panel.tsx'

const ActivityChart = lazy(() => import('./ActivityChart.tsx'))
const chartHeight = 232

/** The chart comes in a chunk of its own: the numbers do not wait for it. */
export function ActivityPanel({ days }: { days: Overview['active_per_day'] }) {
  const hasActivity = days.some(({ devices }) => devices > 0)
  return (
    <Panel title="Active devices, last 90 days" note="Devices per UTC day">
      {hasActivity ? (
        <Suspense fallback={<Skeleton height={chartHeight} />}>
          <ActivityChart days={days} height={chartHeight} />
        </Suspense>
      ) : (
        <Empty>No device has been active in the last 90 days. Enrol one with the install token of a tenant.</Empty>
      )}
    </Panel>
  )
}

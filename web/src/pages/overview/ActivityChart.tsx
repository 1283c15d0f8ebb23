import '@mantine/charts/styles.css'
import { AreaChart } from '@mantine/charts'
import { useReducedMotion } from '@mantine/hooks'
import type { Overview } from '../../api/types.ts'
import { formatShortDay } from '../../format/date.ts'
import { formatCount } from '../../format/money.ts'

type Props = { days: Overview['active_per_day']; height: number }

const daysPerTick = 15

// The tooltip is drawn once before any day is pointed at.
const toLabel = (day: unknown) => (typeof day === 'string' && day !== '' ? formatShortDay(day) : '')

/** One area, horizontal lines only. */
export default function ActivityChart({ days, height }: Props) {
  const isStill = useReducedMotion()
  const last = days.at(-1)
  return (
    <div
      role="img"
      aria-label={last ? `${formatCount(last.devices)} devices active on ${formatShortDay(last.day)}` : 'No activity'}
    >
      <AreaChart
        h={height}
        data={days}
        dataKey="day"
        series={[{ name: 'devices', label: 'Active devices', color: 'accent.6' }]}
        curveType="linear"
        gridAxis="x"
        gridColor="var(--line)"
        textColor="var(--mantine-color-dimmed)"
        tickLine="none"
        strokeDasharray="0"
        strokeWidth={1.75}
        fillOpacity={0.16}
        withDots={false}
        xAxisProps={{ tickFormatter: formatShortDay, interval: daysPerTick - 1, tickMargin: 10 }}
        yAxisProps={{ allowDecimals: false, width: 44, tickFormatter: formatCount }}
        valueFormatter={formatCount}
        tooltipProps={{ labelFormatter: toLabel, isAnimationActive: false }}
        areaProps={{ isAnimationActive: !isStill, animationDuration: 300 }}
      />
    </div>
  )
}
